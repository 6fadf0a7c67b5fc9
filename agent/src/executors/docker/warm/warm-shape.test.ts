import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../../testing/sample-request.ts';
import type { ExecutionRequest } from '../../executor.ts';
import { buildContainerConfig, type EngineTraits, noParts } from '../container-config.ts';
import { findWarmJob, unusedExitCode } from './warm-shape.ts';

const traits: EngineTraits = {
  engine: 'docker',
  seccompProfile: '{}',
  runtime: 'runc',
  nvidia: null,
  apparmor: false,
  diskSpeed: { bytesPerSec: 64e6, engineDisk: null },
};
const image = {
  id: 'sha256:1',
  volumes: [],
  env: ['PATH=/bin:/usr/bin'],
  entrypoint: [],
  command: ['sh'],
};
const workload = sampleContainer({ image: 'node3/base:local', command: ['printf', '%s|', 'a'] });
const request = sampleRequest({
  agentId: 'agent',
  executionId: 'exe_1',
  jobId: 'job_1',
  workload,
});

const volumes = { suits: (bytes: number) => bytes < 1e9 };

function jobOf(changes: Partial<ExecutionRequest> = {}) {
  return findWarmJob({ ...request, ...changes }, image, traits, volumes);
}

const shapeOf = (changes: Partial<ExecutionRequest> = {}) => jobOf(changes)?.shape;

describe('a container that waits', () => {
  it('is confined as the job’s own container would be, to the letter', () => {
    for (const each of [
      workload,
      { kind: 'script' as const, language: 'python' as const, code: 'x', image: 'i', env: {} },
    ]) {
      const job = { ...request, workload: each };
      const parts = { ...noParts, outputDevice: '/dev/loop7' };
      const own = buildContainerConfig(job, image, traits, parts);
      const { shape } = findWarmJob(job, image, traits, volumes) ?? {};
      const waiting = shape?.build('exe_1', '/dev/loop7').config;
      const {
        Cmd: _c,
        Entrypoint: _e,
        Env,
        Labels: _l,
        OpenStdin,
        StdinOnce,
        AttachStdin,
        ...rest
      } = waiting ?? {};
      expect({ ...own, ...rest }).toEqual(own);
      expect(rest.HostConfig).toEqual(own.HostConfig);
      expect([OpenStdin, StdinOnce, AttachStdin]).toEqual([true, true, true]);
      expect(Env?.filter((entry) => !own.Env?.includes(entry))).toEqual(['JOB_ID=warm']);
    }
  });

  it('suits jobs that differ in their arguments, variables, files and time alone', () => {
    const { key } = shapeOf() ?? {};
    const limits = { ...request.limits };
    const same: Partial<ExecutionRequest>[] = [
      { executionId: 'exe_2', jobId: 'job_2' },
      { workload: { ...workload, command: ['printf', 'b'], env: { A: 'b' } } },
      { inputs: [{ path: 'a', content: new Uint8Array(1) }] },
    ];
    expect(same.map((changes) => shapeOf(changes)?.key)).toEqual(same.map(() => key));
    const others: Partial<ExecutionRequest>[] = [
      { workload: { ...workload, command: ['echo'] } },
      { workload: { ...workload, workdir: '/tmp' } },
      { limits: { ...limits, memoryBytes: 65e6 } },
      { limits: { ...limits, cpus: 2 } },
      { limits: { ...limits, shmBytes: 9e6 } },
      { limits: { ...limits, logBytesMax: 2e6 } },
    ];
    const keys = others.map((changes) => shapeOf(changes)?.key);
    expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  });

  it('suits no job that needs something of its own around it', () => {
    const cold: Partial<ExecutionRequest>[] = [
      { network: { egressHosts: ['example.com'] } },
      { secretFiles: { a: 'b' } },
      { workload: { ...workload, stdin: 'x' } },
      { workload: { ...workload, env: { IFS: 'x' } } },
      { workload: { ...workload, env: { _node3_newline: 'x' } } },
      { workload: { ...workload, command: ['-c', 'x'] } },
      { workload: { ...workload, command: ['printf', 'x'.repeat(40_000)] } },
    ];
    expect(cold.map((changes) => jobOf(changes))).toEqual(cold.map(() => null));
    const odd = { ...image, env: ['a.b=c'] };
    expect(findWarmJob(request, odd, traits, volumes)).toBeNull();
  });

  it('holds no real device, and no disk that can grow', () => {
    const simulated = { uuid: 's', vendor: 'simulated' as const };
    expect(jobOf({ devices: [simulated] })).not.toBeNull();
    const cold: Partial<ExecutionRequest>[] = [
      { devices: [{ uuid: 'a', vendor: 'amd', renderNode: '/dev/dri/renderD128' }] },
      { devices: [{ uuid: 'i', vendor: 'intel', renderNode: '/dev/dri/renderD129' }] },
      { limits: { ...request.limits, diskBytes: 2e9 } },
    ];
    expect(cold.map((changes) => jobOf(changes))).toEqual(cold.map(() => null));
    const nvidia = { ...traits, nvidia: 'runtime' as const };
    const devices = [simulated, { uuid: 'GPU-1', vendor: 'nvidia' as const }];
    expect(findWarmJob({ ...request, devices }, image, nvidia, volumes)).toBeNull();
    expect(findWarmJob(request, image, traits, null)).toBeNull();
  });

  it('keeps nothing that a job said', () => {
    const said = 'said-by-the-job';
    const inputs = [{ path: said, content: new Uint8Array(1) }];
    const env = { A: said };
    const named = { executionId: said, jobId: said, inputs };
    const script = { kind: 'script' as const, language: 'python' as const, image: 'i', env };
    const jobs = [
      jobOf({ ...named, workload: { ...workload, command: ['printf', said], env } }),
      jobOf({ ...named, workload: { ...workload, entrypoint: ['printf', said], env } }),
      jobOf({ ...named, workload: { ...script, code: said, input: said } }),
    ];
    for (const job of jobs) {
      expect(job?.startLine).toContain(said);
      expect(JSON.stringify([job?.shape, job?.shape.build('box', null)])).not.toContain(said);
    }
  });
});

describe('the line that makes it a job', () => {
  it('brings every argument and variable through a shell as it is', async () => {
    const odd = [
      '',
      ' ',
      `'`,
      `''"`,
      'a\nb\n',
      '$HOME `id` \\n \\',
      '*',
      'ä\u{1f600}',
      '"; exit 9',
    ];
    const env = Object.fromEntries(odd.map((value, i) => [`V${i}`, value]));
    const print = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env]))';
    const command = [process.execPath, '-e', print, '--', ...odd];
    const job = jobOf({ workload: { ...workload, command, env } });
    const { stdout } = await runLauncher(job?.startLine ?? '');
    const [words, seen] = JSON.parse(stdout) as [string[], Record<string, string>];
    expect(words).toEqual(odd);
    expect(seen).toMatchObject({ ...env, JOB_ID: 'job_1', INPUT_DIR: '/input' });
    expect(Object.keys(seen)).not.toContain('_node3_newline');
  });

  it('is waited for, and without it nothing runs', async () => {
    expect((await runLauncher('')).exitCode).toBe(unusedExitCode);
  });
});

/** What the engine would do with the container's command. */
function runLauncher(line: string): Promise<{ stdout: string; exitCode: number }> {
  const [program = '', ...args] = shapeOf()?.build('box', null).config.Entrypoint ?? [];
  const env = { PATH: process.env['PATH'] ?? '' };
  return new Promise((resolve) => {
    const child = execFile(program, args, { env }, (error, stdout) =>
      resolve({ stdout, exitCode: Number(error?.code ?? 0) }),
    );
    child.stdin?.end(line);
  });
}
