import { describe, expect, it } from 'vitest';
import type { JsonObject } from './foreign-object.ts';
import { importNosana } from './import-nosana.ts';
import { modelOfMarket } from './nosana-gpus.ts';
import {
  args,
  definition,
  jobWith,
  nosanaCases,
  opOf,
  variables,
} from './testing/nosana-definitions.ts';

const { run, specOf, warnedAt, refusedAt } = nosanaCases;

describe('a Nosana job definition', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'a minimal one',
      jobWith(),
      { name: 'main', labels: { api: 'nosana' }, limits: { runSec: 3_600 } },
    ],
    [
      'text of a shell',
      jobWith({ cmd: 'echo $A' }),
      { workload: { command: ['/bin/sh', '-c', 'echo $A'] } },
    ],
    ['a list as it is', jobWith({ cmd: ['a', '$B'] }), { workload: { command: ['a', '$B'] } }],
    [
      'an entrypoint of one word',
      jobWith({ entrypoint: 'python' }),
      { workload: { entrypoint: ['python'] } },
    ],
    [
      'an entrypoint list',
      jobWith({ entrypoint: ['sh', '-c'] }),
      { workload: { entrypoint: ['sh', '-c'] } },
    ],
    [
      'the image of global',
      definition({ global: { image: 'g:1' }, ops: [{ type: 'container/run', id: 'x', args: {} }] }),
      { workload: { image: 'g:1' } },
    ],
    [
      'global under its own',
      jobWith(
        { env: { A: '2' } },
        {},
        { global: { env: { A: '1', B: '1' }, work_dir: '/w', entrypoint: ['e'] } },
      ),
      {
        workload: {
          env: { A: '2', B: '1', NOSANA_ID: '%%global.job%%' },
          workdir: '/w',
          entrypoint: ['e'],
        },
      },
    ],
    ['work_dir', jobWith({ work_dir: '/srv' }), { workload: { workdir: '/srv' } }],
    ['a GPU', jobWith({ gpu: true }), { resources: { gpus: { count: 1, vendor: 'nvidia' } } }],
    [
      'the GPU of global',
      jobWith({}, {}, { global: { gpu: true } }),
      { resources: { gpus: { count: 1 } } },
    ],
    [
      'VRAM of system_requirements',
      jobWith(
        { gpu: true },
        {},
        { meta: { trigger: 'cli', system_requirements: { required_vram: 24 } } },
      ),
      { resources: { gpus: { memoryBytesMin: 24e9 } } },
    ],
    [
      'VRAM of system_resources',
      jobWith({ gpu: true }, {}, { meta: { system_resources: { required_vram: '8' } } }),
      { resources: { gpus: { memoryBytesMin: 8e9 } } },
    ],
    [
      'VRAM of SDK 0.4',
      jobWith({ gpu: true, required_vram: 6 }),
      { resources: { gpus: { memoryBytesMin: 6e9 } } },
    ],
    [
      'output of SDK 0.4',
      jobWith({ output: '/output/model' }),
      { outputs: [{ path: 'model', required: false }] },
    ],
    ['all of the output', jobWith({ output: '/outputs' }), { labels: { api: 'nosana' } }],
    ['restarts that are none', jobWith({ restart_policy: 'no' }), { name: 'main' }],
    ['a deployment', jobWith({}, {}, { deployment_id: 'dep' }), { labels: { deployment: 'dep' } }],
    [
      'files of Hugging Face',
      jobWith({
        resources: [{ type: 'HF', repo: 'o/m', files: ['a.bin', 'd/b.bin'], target: '/input/m' }],
      }),
      {
        inputs: [
          {
            path: 'm/a.bin',
            source: { kind: 'url', url: 'https://huggingface.co/o/m/resolve/main/a.bin' },
          },
          {
            path: 'm/d/b.bin',
            source: { kind: 'url', url: 'https://huggingface.co/o/m/resolve/main/d/b.bin' },
          },
        ],
      },
    ],
    [
      'objects of S3',
      jobWith({
        resources: [
          { type: 'S3', url: 's3://abc/x', files: ['f'], target: '/inputs/' },
          { type: 'S3', target: '/input', buckets: [{ url: 'https://a.org/b/', files: ['g'] }] },
        ],
      }),
      {
        inputs: [
          { path: 'f', source: { url: 'https://s3.amazonaws.com/abc/x/f' } },
          { path: 'g', source: { url: 'https://a.org/b/g' } },
        ],
      },
    ],
    [
      'a volume of its own in /tmp',
      jobWith({ volumes: [{ name: 'v', dest: '/tmp/v' }] }),
      { name: 'main' },
    ],
    [
      'variables in texts, in both spellings',
      jobWith(
        { cmd: ['%%global.variables.A%%', 'x%%globals.variables.B%%y', '100%%'] },
        {},
        variables({ A: 'a', B: 'b' }),
      ),
      { workload: { command: ['a', 'xby', '100%%'] } },
    ],
    [
      '__spread__ in a list',
      jobWith(
        { cmd: ['run', { __spread__: '%%global.variables.L%%' }, 'end'] },
        {},
        variables({ L: '["a","b"]' }),
      ),
      { workload: { command: ['run', 'a', 'b', 'end'] } },
    ],
    [
      'a chunked __spread__',
      jobWith(
        { cmd: [{ __spread__: '%%global.variables.L%%', chunked: true }] },
        {},
        variables({ L: '[["a","b"],["c"]]' }),
      ),
      { workload: { command: ['a', 'b', 'c'] } },
    ],
    [
      '__spread__ in an object',
      jobWith(
        { env: { A: '1', __spread__: '%%global.variables.O%%' } },
        {},
        variables({ O: '{"B":"2"}' }),
      ),
      { workload: { env: { A: '1', B: '2' } } },
    ],
    [
      '__pairs__',
      jobWith(
        { env: { __pairs__: '%%global.variables.P%%' } },
        {},
        variables({ P: '[{"key":"A","value":"1"},{"key":"B"}]' }),
      ),
      { workload: { env: { A: '1', B: '' } } },
    ],
    [
      '__remove-if-empty__ with something',
      jobWith(
        { cmd: ['__remove-if-empty__', '%%global.variables.A%%'] },
        {},
        variables({ A: 'a' }),
      ),
      { workload: { command: ['a'] } },
    ],
  ])('maps %s', (_what, document, expected) => {
    expect(specOf(document)).toMatchObject(expected);
    expect(warnedAt(document)).toEqual([]);
  });

  it('takes a field away that __remove-if-empty__ leaves nothing of', () => {
    const document = jobWith(
      { cmd: ['__remove-if-empty__', '%%global.variables.A%%'] },
      {},
      variables({ A: '' }),
    );
    expect(specOf(document).workload).not.toHaveProperty('command');
  });

  it.each<[string, JsonObject, string[]]>([
    [
      'an unknown field',
      jobWith({ color: 'red' }, { note: 'x' }, { extra: 1 }),
      ['/extra', '/ops/0/note', args('color')],
    ],
    [
      'other requirements',
      jobWith({ gpu: true }, {}, { meta: { system_requirements: { required_cuda: ['12.4'] } } }),
      ['/meta/system_requirements/required_cuda'],
    ],
    ['other meta', jobWith({}, {}, { meta: { author: 'x' } }), ['/meta/author']],
    ['VRAM without GPU', jobWith({ required_vram: 8 }), [args('required_vram')]],
    ['results', jobWith({}, { results: { a: '(.*)' } }), ['/ops/0/results']],
    [
      'restarts on failure',
      jobWith({ restart_policy: { policy: 'on-failure', restart_tries: 3 } }),
      [args('restart_policy')],
    ],
    ['aliases that nobody calls', jobWith({ aliases: 'db' }), [args('aliases')]],
    ['private without ports', jobWith({ private: true }), [args('private')]],
    [
      'a device variable',
      jobWith({ env: { CUDA_VISIBLE_DEVICES: '0' } }),
      [args('env/CUDA_VISIBLE_DEVICES')],
    ],
    ['numbers in env', jobWith({ env: { A: 3 } }), [args('env/A')]],
    [
      'a volume in /output',
      jobWith({ volumes: [{ name: 'v', dest: '/output/v' }] }),
      [args('volumes/0')],
    ],
    [
      'a volume that nobody mounts',
      definition({
        ops: [{ type: 'container/create-volume', id: 'v', args: { name: 'v' } }, opOf('x')],
      }),
      ['/ops/0/args/name'],
    ],
    [
      'a dependency on an earlier group',
      definition({ ops: [opOf('a'), opOf('b', { execution: { depends_on: ['a'] } })] }),
      ['/ops/1/execution/depends_on/0'],
    ],
    [
      'operations side by side',
      definition({
        ops: [opOf('a', { execution: { group: 'g' } }), opOf('b', { execution: { group: 'g' } })],
      }),
      ['/ops/0'],
    ],
  ])('warns of %s', (_what, document, pointers) => {
    expect(warnedAt(document).toSorted()).toEqual(pointers.toSorted());
  });

  it('says that containers of Nosana reach the Internet, unless hosts are named', () => {
    expect(importNosana(jobWith()).warnings.map(({ pointer }) => pointer)).toEqual(['/ops']);
    expect(specOf(jobWith(), { allowHosts: ['pypi.org'] }).network).toEqual({
      kind: 'egress',
      hosts: ['pypi.org'],
    });
  });

  it('makes stages of groups, in the order in which they are first named', () => {
    const inGroup = (group: string, ...needs: string[]) => ({
      execution: { group, ...(needs.length === 0 ? {} : { depends_on: needs }) },
    });
    const document = definition({
      ops: [
        opOf('prepare'),
        opOf('join', inGroup('train', 'left', 'right')),
        opOf('left', inGroup('train')),
        opOf('report'),
        opOf('right', inGroup('train')),
      ],
    });
    const steps = run(document).jobs.map(({ name, after }) => [name, after]);
    expect(steps).toEqual([
      ['prepare', []],
      ['left', ['prepare']],
      ['right', ['prepare']],
      ['join', ['prepare', 'left', 'right']],
      ['report', ['join', 'left', 'right']],
    ]);
  });

  it('knows markets by the GPU in their name, and takes what is said instead', () => {
    expect(modelOfMarket('nvidia-4090')).toBe('rtx-4090');
    expect(modelOfMarket('nvidia-a100-80gb-community')).toBe('a100-80gb');
    expect(modelOfMarket('nvidia-unheard-of')).toBeNull();
    expect(specOf(jobWith({ gpu: true }), { market: 'nvidia-3090' }).resources).toEqual({
      gpus: { count: 1, vendor: 'nvidia', models: ['rtx-3090'] },
    });
    expect(refusedAt(jobWith({ gpu: true }), { market: 'mars' })).toEqual(['']);
    const gpus = { count: 2, models: ['h100'] };
    expect(specOf(jobWith({ gpu: true }), { gpus, timeoutMinutes: 5 })).toMatchObject({
      resources: { gpus },
      limits: { runSec: 300 },
    });
    expect(refusedAt(jobWith(), { timeoutMinutes: 2_000 })).toEqual(['']);
  });

  it('tells a job its id, and does not swell', () => {
    const jobIdOf = (name: string) => `job of ${name}`;
    const { workload } = specOf(jobWith({ cmd: ['%%globals.job%%'] }), { jobIdOf });
    expect(workload).toMatchObject({ command: ['job of main'], env: { NOSANA_ID: 'job of main' } });
    const swelling = jobWith(
      { cmd: ['%%global.variables.A%%'.repeat(1_000)] },
      {},
      variables({ A: 'x'.repeat(10_000) }),
    );
    expect(refusedAt(swelling)).toContain(args('cmd/0'));
  });
});
