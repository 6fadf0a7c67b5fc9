import { describe, expect, it } from 'vitest';
import type { JsonObject } from './foreign-object.ts';
import { importBacalhau } from './import-bacalhau.ts';
import { casesOf } from './testing/import-cases.ts';

const docker = { Type: 'docker', Params: { Image: 'ubuntu:24.04' } };
const quiet = { Network: { Type: 'None' } };

/** A job that is imported without a word, with changes to it and to its task. */
function jobWith(task: JsonObject = {}, job: JsonObject = {}): JsonObject {
  return {
    Name: 'job',
    Type: 'batch',
    ...job,
    Tasks: [{ Name: 'main', Engine: docker, ...quiet, ...task }],
  };
}

const { run, specOf, warnedAt, refusedAt } = casesOf(importBacalhau);

describe('a Bacalhau job', () => {
  it('takes the shape of SynthralOS as it is written', () => {
    const document = {
      Engine: {
        Type: 'docker',
        Params: {
          Image: 'python:3.11-slim',
          Entrypoint: ['/bin/bash', '-c'],
          Parameters: ['python -c "print(1)"'],
        },
      },
      Resources: { Memory: '2GB', CPU: '1', GPU: '1' },
      Network: { Type: 'None' },
      Outputs: [{ Name: 'output', Path: '/outputs' }],
    };
    expect(specOf(document)).toMatchObject({
      labels: { api: 'bacalhau' },
      workload: {
        kind: 'container',
        image: 'python:3.11-slim',
        entrypoint: ['/bin/bash', '-c'],
        command: ['python -c "print(1)"'],
      },
      resources: { cpus: 1, memoryBytes: 2e9, gpus: { count: 1 } },
      limits: { runSec: 3_600 },
    });
  });

  const task = (field: string) => `/Tasks/0/${field}`;

  it.each<[string, JsonObject, JsonObject]>([
    ['one-shot job', jobWith(), { name: 'job', priority: 'normal' }],
    ['priority 60', jobWith({}, { Priority: 60 }), { priority: 'high' }],
    ['priority 100', jobWith({}, { Priority: 100 }), { priority: 'urgent' }],
    ['labels', jobWith({}, { Labels: { team: 'x' } }), { labels: { api: 'bacalhau', team: 'x' } }],
    [
      'Entrypoint and Parameters',
      jobWith({
        Engine: {
          Type: 'Docker',
          Params: {
            Image: 'a:b',
            Entrypoint: ['sh'],
            Parameters: ['-c', 'x'],
            WorkingDirectory: '/w',
          },
        },
      }),
      { workload: { image: 'a:b', entrypoint: ['sh'], command: ['-c', 'x'], workdir: '/w' } },
    ],
    [
      'Env before EnvironmentVariables',
      jobWith({
        Engine: { ...docker, Params: { Image: 'a', EnvironmentVariables: ['A=1', 'B=x=y'] } },
        Env: { A: '2' },
      }),
      { workload: { env: { A: '2', B: 'x=y', BACALHAU_PARTITION_COUNT: '1' } } },
    ],
    [
      'resources',
      jobWith({ Resources: { CPU: '500m', Memory: '512 Mb', Disk: '10GiB', GPU: '2' } }),
      {
        resources: {
          cpus: 0.5,
          memoryBytes: 512e6,
          diskBytes: 10 * 1024 ** 3,
          gpus: { count: 2 },
        },
      },
    ],
    [
      'constraints we know',
      jobWith(
        { Resources: { GPU: '1' } },
        {
          Constraints: [
            { Key: 'Architecture', Operator: '=', Values: ['amd64'] },
            { Key: 'Operating-System', Operator: 'in', Values: ['linux', 'darwin'] },
            { Key: 'GPU-0', Operator: '=', Values: ['NVIDIA-GeForce-RTX-4090'] },
            { Key: 'GPU-0-Memory', Operator: 'gt', Values: ['20000'] },
            { Key: 'region', Operator: '==', Values: ['eu'] },
          ],
        },
      ),
      {
        resources: {
          arch: 'x64',
          gpus: { count: 1, models: ['NVIDIA-GeForce-RTX-4090'], memoryBytesMin: 20_001 * 2 ** 20 },
        },
        placement: { labels: { region: 'eu' } },
      },
    ],
    [
      'a URL below its target',
      jobWith({ InputSources: [input('urlDownload', { URL: 'https://a.org/d/x.csv?v=1' })] }),
      { inputs: [{ path: 'x.csv', source: { kind: 'url', url: 'https://a.org/d/x.csv?v=1' } }] },
    ],
    [
      'inline data',
      jobWith({
        InputSources: [input('inline', { URL: 'data:text/plain,hi%21' }, '/input/a/b.txt')],
      }),
      { inputs: [{ path: 'a/b.txt', source: { kind: 'inline', contentBase64: 'aGkh' } }] },
    ],
    [
      'an inline archive',
      jobWith({
        InputSources: [input('inline', { URL: 'data:application/gzip;base64,aGkh' }, '/inputs/a')],
      }),
      { inputs: [{ path: 'a', source: { kind: 'inline', contentBase64: 'aGkh' }, unpack: true }] },
    ],
    [
      'result paths',
      jobWith({ ResultPaths: [{ Name: 'a', Path: '/outputs/a' }], Publisher: { Type: '' } }),
      { outputs: [{ path: 'a', required: false }] },
    ],
    [
      'domains',
      jobWith({ Network: { Type: 'HTTP', Domains: ['a.org', '.b.org'] } }),
      { network: { kind: 'egress', hosts: ['a.org', 'b.org', '*.b.org'] } },
    ],
    [
      'timeouts',
      jobWith({ Timeouts: { ExecutionTimeout: 60, QueueTimeout: 30, TotalTimeout: 100 } }),
      { limits: { runSec: 60, queueSec: 30 } },
    ],
    [
      'a total alone',
      jobWith({ Timeouts: { QueueTimeout: 30, TotalTimeout: 100 } }),
      { limits: { runSec: 70, queueSec: 30 } },
    ],
  ])('maps %s', (_what, document, expected) => {
    expect(specOf(document)).toMatchObject(expected);
    expect(warnedAt(document)).toEqual([]);
  });

  function input(Type: string, Params: JsonObject, Target = '/inputs'): JsonObject {
    return { Source: { Type, Params }, Target };
  }

  it.each<[string, JsonObject, string[]]>([
    ['no type', jobWith({}, { Type: undefined }), ['/Type']],
    ['a priority out of range', jobWith({}, { Priority: 200 }), ['/Priority']],
    ['a namespace', jobWith({}, { Namespace: 'lab' }), ['/Namespace']],
    ['what a server says', jobWith({}, { ID: 'j-1', Revision: 3 }), ['/ID', '/Revision']],
    ['meta', jobWith({ Meta: { a: 'b' } }, { Meta: { c: 'd' } }), ['/Meta', task('Meta')]],
    ['an unknown field', jobWith({ Replicas: 3 }, { Color: 'red' }), ['/Color', task('Replicas')]],
    ['a label that none can be', jobWith({}, { Labels: { 'a b': 'x' } }), ['/Labels/a b']],
    [
      'a device variable',
      jobWith({ Env: { NVIDIA_VISIBLE_DEVICES: 'all' } }),
      [task('Env/NVIDIA_VISIBLE_DEVICES')],
    ],
    ['little CPU', jobWith({ Resources: { CPU: '50m' } }), [task('Resources/CPU')]],
    ['the network of the node', jobWith({ Network: undefined }), [task('Network')]],
    ['HTTP to nowhere', jobWith({ Network: { Type: 'HTTP' } }), [task('Network/Domains')]],
    ['another publisher', jobWith({ Publisher: { Type: 's3' } }), [task('Publisher')]],
    [
      'S3 without credentials',
      jobWith({ InputSources: [input('s3', { Bucket: 'abc', Key: 'd/x' })] }),
      [task('InputSources/0/Source/Params')],
    ],
    [
      'a gateway of IPFS',
      jobWith({ InputSources: [input('ipfs', { CID: 'Qm'.repeat(23) }, '/inputs/a')] }),
      [task('InputSources/0/Source/Params/CID')],
    ],
    [
      'no timeout',
      jobWith({ Timeouts: { ExecutionTimeout: 0 } }),
      [task('Timeouts/ExecutionTimeout')],
    ],
    ['no queue', jobWith({ Timeouts: { QueueTimeout: 0 } }), [task('Timeouts/QueueTimeout')]],
  ])('warns of %s', (_what, document, pointers) => {
    expect(warnedAt(document).toSorted()).toEqual(pointers.toSorted());
  });

  it.each<[string, JsonObject, string[]]>([
    ['ops', jobWith({}, { Type: 'ops' }), ['/Type']],
    ['a daemon', jobWith({}, { Type: 'daemon' }), ['/Type']],
    ['a service', jobWith({}, { Type: 'service' }), ['/Type']],
    ['a count of 0', jobWith({}, { Count: 0 }), ['/Count']],
    ['too many copies', jobWith({}, { Count: 101 }), ['/Count']],
    ['two tasks', { Type: 'batch', Tasks: [{}, {}] }, ['/Tasks']],
    ['no task', { Type: 'batch' }, ['/Tasks']],
    ['wasm', jobWith({ Engine: { Type: 'wasm', Params: {} } }), [task('Engine/Type')]],
    [
      'no image',
      jobWith({ Engine: { Type: 'docker', Params: {} } }),
      [task('Engine/Params/Image')],
    ],
    ["a provider's variable", jobWith({ Env: { A: 'env:HOME' } }), [task('Env/A')]],
    ["the agent's variable", jobWith({ Env: { LD_PRELOAD: 'x' } }), [task('Env/LD_PRELOAD')]],
    ['a size that is none', jobWith({ Resources: { Memory: 'big' } }), [task('Resources/Memory')]],
    ['too many GPUs', jobWith({ Resources: { GPU: '9' } }), [task('Resources/GPU')]],
    [
      'a GPU constraint without GPU',
      jobWith({}, { Constraints: [{ Key: 'GPU-0', Operator: '=', Values: ['Tesla-T4'] }] }),
      ['/Constraints/0'],
    ],
    [
      'other operators',
      jobWith({}, { Constraints: [{ Key: 'zone', Operator: 'exists' }] }),
      ['/Constraints/0'],
    ],
    [
      'another system',
      jobWith(
        {},
        { Constraints: [{ Key: 'Operating-System', Operator: '=', Values: ['windows'] }] },
      ),
      ['/Constraints/0'],
    ],
    [
      "the provider's folders",
      jobWith({ InputSources: [input('localDirectory', { SourcePath: '/etc' })] }),
      [task('InputSources/0/Source/Type')],
    ],
    [
      'an input elsewhere',
      jobWith({ InputSources: [input('urlDownload', { URL: 'https://a.org/x' }, '/data')] }),
      [task('InputSources/0/Target')],
    ],
    [
      'many objects',
      jobWith({ InputSources: [input('s3', { Bucket: 'abc', Key: 'd/*', Filter: 'x' })] }),
      [task('InputSources/0/Source/Params/Filter'), task('InputSources/0/Source/Params')],
    ],
    [
      'a result elsewhere',
      jobWith({ ResultPaths: [{ Name: 'a', Path: '/data/out' }] }),
      [task('ResultPaths/0/Path')],
    ],
    ['the host network', jobWith({ Network: { Type: 'Host' } }), [task('Network/Type')]],
    ['every host', jobWith({ Network: { Type: 'Full' } }), [task('Network/Type')]],
    [
      'ports',
      jobWith({ Network: { Type: 'Bridge', Ports: [{ Name: 'web', Target: 80 }] } }),
      [task('Network/Ports'), task('Network/Type')],
    ],
    [
      'times that contradict',
      jobWith({ Timeouts: { ExecutionTimeout: 90, QueueTimeout: 30, TotalTimeout: 100 } }),
      [task('Timeouts/TotalTimeout')],
    ],
    ['a run of two days', jobWith({ Timeouts: { ExecutionTimeout: 172_800 } }), [task('Timeouts')]],
    ['wrong types', jobWith({ Env: [] }, { Count: '3' }), ['/Count', task('Env')]],
  ])('refuses %s', (_what, document, pointers) => {
    expect(refusedAt(document)).toEqual(pointers);
  });

  it('makes a step of each copy, which knows its number in both spellings', () => {
    const { jobs } = run(jobWith({}, { Count: 3 }), { jobIdOf: (name) => `id of ${name}` });
    expect(jobs.map(({ name, after }) => [name, after])).toEqual([
      ['job-0', []],
      ['job-1', []],
      ['job-2', []],
    ]);
    expect(jobs[2]?.spec.workload.env).toEqual({
      BACALHAU_JOB_ID: 'id of job-2',
      BACALHAU_JOB_TYPE: 'batch',
      BACALHAU_PARTITION_INDEX: '2',
      BACALHAU_PARTITION_COUNT: '3',
      JOB_INDEX: '2',
      JOB_COUNT: '3',
    });
  });

  it('takes the body of its API, names in any case, and what whoever imports it says', () => {
    const lower = {
      job: {
        type: 'batch',
        tasks: [
          {
            name: 'main',
            engine: { type: 'docker', params: { image: 'a' } },
            resources: { gpu: '1' },
            network: { type: 'Full' },
          },
        ],
      },
      force: true,
    };
    const options = {
      timeoutMinutes: 5,
      gpus: { count: 2, models: ['a100'] },
      allowHosts: ['pypi.org'],
    };
    expect(specOf(lower, options)).toMatchObject({
      name: 'main',
      resources: { gpus: { count: 2, models: ['a100'] } },
      network: { kind: 'egress', hosts: ['pypi.org'] },
      limits: { runSec: 300 },
    });
  });

  it('says everything that is wrong at once, and refuses what is no document', () => {
    expect(refusedAt(jobWith({ Env: { A: 'env:X' } }, { Type: 'ops' }))).toEqual([
      '/Type',
      task('Env/A'),
    ]);
    let deep: unknown = {};
    for (let depth = 0; depth < 30; depth += 1) deep = { deep };
    for (const document of [null, [], 'x', 3, deep, { a: 'x'.repeat(600_000) }]) {
      expect(refusedAt(document)).toEqual(['']);
    }
  });

  // Each took minutes where its names were compared with one another.
  it('reads a document that is as large as one may be, whatever is in it', () => {
    const fields = Array.from({ length: 5_000 }, (_, index) => `f${index}`);
    const many = Object.fromEntries(fields.map((name) => [name, 1]));
    const { warnings } = run({ ...many, tasks: [{ engine: docker, ...quiet }], labels: many });
    expect(warnings).toHaveLength(101);
    const endpoint = { Bucket: 'abc', Key: 'x', Endpoint: `http://${'/'.repeat(250_000)}a` };
    const source = { Source: { Type: 's3', Params: endpoint }, Target: '/input' };
    expect(specOf(jobWith({ InputSources: [source] })).inputs).toMatchObject([
      { path: 'x', source: { url: 'http://a/abc/x' } },
    ]);
  });
});
