import { hodeiStates } from '@node3/shared/hodei-words';
import { type JobState, jobStates, reasonNames } from '@node3/shared/job-state';
import { describe, expect, it } from 'vitest';
import { type HodeiJob, toJobSpecInput } from './hodei-job-spec.ts';
import { bytesOf, fromHodeiState, secondsOf, toHodeiFailure, toHodeiState } from './hodei-words.ts';

const images = {
  container: 'ubuntu:24.04',
  python: 'python:3.13-slim',
  javascript: 'node:24-slim',
  typescript: 'node:24-slim',
  bash: 'bash:5',
};
const shell = (cmd: string, ...args: string[]): HodeiJob => ({
  command: { kind: 'shell', cmd, args },
});
const script = (interpreter: string, more: Partial<HodeiJob> = {}): HodeiJob => ({
  ...more,
  command: { kind: 'script', interpreter, content: 'work()' },
});

describe('states', () => {
  it('are seven words, and each of ours is one of them', () => {
    expect(new Set(jobStates.map(toHodeiState))).toEqual(new Set(hodeiStates));
    for (const state of jobStates) expect(fromHodeiState(toHodeiState(state))).toContain(state);
  });

  it('are found in any spelling, and in those of later versions', () => {
    expect(fromHodeiState('pending')).toEqual(['awaiting_funds', 'queued']);
    expect(fromHodeiState('QUEUED')).toEqual(fromHodeiState('PENDING'));
    expect(fromHodeiState('completed')).toEqual(['succeeded']);
    expect(fromHodeiState('constructor')).toBeNull();
  });
});

describe('failures', () => {
  it('[6.22] have a reason, and say what to do', () => {
    for (const reason of reasonNames) {
      const failure = toHodeiFailure('failed', reason, null);
      expect(failure?.suggested_action).not.toBe('');
    }
    const byExit = (code: number) => toHodeiFailure('failed', 'nonzero_exit', code)?.reason;
    expect([1, 126, 127, 137].map(byExit)).toEqual([
      'NON_ZERO_EXIT_CODE',
      'PERMISSION_DENIED',
      'COMMAND_NOT_FOUND',
      'SIGNAL_RECEIVED',
    ]);
    expect(toHodeiFailure('timed_out', 'run_timeout', null)?.reason).toBe('EXECUTION_TIMEOUT');
    expect(toHodeiFailure('failed', 'lease_expired', null)?.reason).toBe('INFRASTRUCTURE_ERROR');
  });

  it('are of jobs that failed', () => {
    const ends: JobState[] = ['succeeded', 'cancelled', 'running'];
    for (const state of ends) expect(toHodeiFailure(state, 'exited', 0)).toBeNull();
  });
});

describe('a job', () => {
  it('has the defaults of Hodei', () => {
    expect(toJobSpecInput(shell('date'), images)).toEqual({
      labels: { api: 'hodei' },
      priority: 'normal',
      workload: { kind: 'container', entrypoint: ['/bin/sh'], command: ['-c', 'date'] },
      resources: { cpus: 1, memoryBytes: 512 * 1024 ** 2, diskBytes: 1024 ** 3, arch: 'x64' },
      placement: {},
      limits: { runSec: 300 },
      retry: { attemptsMax: 3 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    });
  });

  it('keeps the words of a command apart', () => {
    expect(toJobSpecInput(shell('echo', 'a b', '$HOME'), images).workload).toMatchObject({
      entrypoint: ['echo'],
      command: ['a b', '$HOME'],
    });
  });

  it('runs a script as one, or by its interpreter where it reads or stands somewhere', () => {
    expect(toJobSpecInput(script('/usr/bin/python3'), images).workload).toEqual({
      kind: 'script',
      language: 'python',
      code: 'work()',
    });
    expect(toJobSpecInput(script('node', { stdin: 'x' }), images).workload).toEqual({
      kind: 'container',
      image: images.javascript,
      entrypoint: ['node'],
      command: ['-e', 'work()'],
      stdin: 'x',
    });
    expect(() => toJobSpecInput(script('cobol'), images)).toThrow(/^\/spec\S* /);
  });

  it('passes on everything that its form asks for', () => {
    const job: HodeiJob = {
      ...shell('train'),
      name: 'nightly',
      image: 'alpine:3',
      env: { A: '1' },
      secrets: { TOKEN: 'very-secret' },
      workingDir: '/work',
      stdin: 'in',
      cpuCores: 4,
      memoryBytes: bytesOf(1_024),
      diskBytes: bytesOf(2_048),
      gpuCount: 2,
      gpuTypes: ['a100'],
      architecture: 'arm64',
      timeoutMs: 120_001,
      priority: 'PRIORITY_HIGH',
      allowRetry: false,
      maxAttempts: 5,
      provider: 'docker-eu',
      region: 'EU-West',
      requiredLabels: { disk: 'ssd' },
      labels: { team: 'x' },
      correlationId: 'corr-1',
      egressHosts: ['api.example.com'],
    };
    expect(toJobSpecInput(job, images)).toEqual({
      name: 'nightly',
      labels: { api: 'hodei', team: 'x', 'hodei/correlation_id': 'corr-1' },
      priority: 'high',
      workload: {
        kind: 'container',
        image: 'alpine:3',
        entrypoint: ['/bin/sh'],
        command: ['-c', 'train'],
        env: { A: '1' },
        workdir: '/work',
        stdin: 'in',
      },
      secrets: { TOKEN: { value: 'very-secret', as: 'env' } },
      resources: {
        cpus: 4,
        memoryBytes: 1024 ** 3,
        diskBytes: 2 * 1024 ** 3,
        arch: 'arm64',
        gpus: { count: 2, models: ['a100'] },
      },
      placement: { regions: ['eu-west'], labels: { disk: 'ssd', 'node3/provider': 'docker-eu' } },
      network: { kind: 'egress', hosts: ['api.example.com'] },
      limits: { runSec: 121 },
      retry: { attemptsMax: 1 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    });
  });

  it('goes anywhere where its form says Any and Auto', () => {
    const job = { ...shell('date'), provider: 'Any', region: 'Auto', architecture: 'any' };
    const { placement, resources } = toJobSpecInput(job, images);
    expect([placement, resources?.arch]).toEqual([{}, undefined]);
  });

  it.each([
    ['priority', { priority: 'constructor' }],
    ['architecture', { architecture: 'mips' }],
  ])('is refused for a wrong %s, with its name', (field, wrong) => {
    const post = () => toJobSpecInput({ ...shell('date'), ...wrong }, images);
    expect(post).toThrow(
      expect.objectContaining({
        context: { errors: [expect.objectContaining({ pointer: `/spec/${field}` })] },
      }),
    );
  });
});

it('never shortens a timeout', () => {
  expect([1, 999, 1_000, 1_001, 300_000].map(secondsOf)).toEqual([1, 1, 1, 2, 300]);
});
