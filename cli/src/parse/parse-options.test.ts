import { describe, expect, it } from 'vitest';
import { buildAdminJob } from './admin-job.ts';
import { parseBytes } from './bytes.ts';
import { parseSeconds } from './duration.ts';
import { requireJobId } from './job-id.ts';
import { parseEnvironment, parseLabels } from './key-values.ts';
import { parseMoney } from './money.ts';
import { parseWholeNumber } from './whole-number.ts';

describe('option values', () => {
  it('reads sizes in decimal and binary units', () => {
    expect(parseBytes('--memory', '2GB')).toBe(2_000_000_000);
    expect(parseBytes('--memory', '2GiB')).toBe(2_147_483_648);
    expect(parseBytes('--memory', '1.5g')).toBe(1_500_000_000);
    expect(parseBytes('--memory', '1048576')).toBe(1_048_576);
    for (const text of ['', '0', '-1GB', '2 parsecs', '1e9']) {
      expect(() => parseBytes('--memory', text)).toThrow('--memory');
    }
  });

  it('reads times', () => {
    expect(parseSeconds('--timeout', '90')).toBe(90);
    expect(parseSeconds('--timeout', '5m')).toBe(300);
    expect(parseSeconds('--timeout', '1h30m5s')).toBe(5_405);
    for (const text of ['', '0', '0s', '5x', '1.5h', 'm', '-3s']) {
      expect(() => parseSeconds('--timeout', text)).toThrow('--timeout');
    }
  });

  it('reads amounts of money without rounding', () => {
    expect(parseMoney('--reward', '0.001', 'SOL')).toEqual({ amount: '0.001', asset: 'SOL' });
    expect(parseMoney('--reward', '2.50 usdc', 'SOL')).toEqual({ amount: '2.5', asset: 'USDC' });
    expect(parseMoney('--reward', '3USDC', 'SOL')).toEqual({ amount: '3', asset: 'USDC' });
    expect(() => parseMoney('--reward', '0', 'SOL')).toThrow('is zero');
    expect(() => parseMoney('--reward', '1e-3', 'SOL')).toThrow('--reward');
    expect(() => parseMoney('--reward', '1', 'EUR')).toThrow('--asset is "EUR"');
    expect(() => parseMoney('--reward', '0.0000001', 'USDC')).toThrow('6 decimal places');
  });

  it('reads NAME=value, and NAME alone from this shell', () => {
    expect(parseEnvironment(['A=1', 'B=x=y', 'HERE'], { HERE: 'v' })).toEqual({
      A: '1',
      B: 'x=y',
      HERE: 'v',
    });
    expect(() => parseEnvironment(['GONE'], {})).toThrow('GONE is not set here');
    expect(() => parseEnvironment(['1A=x'], {})).toThrow('no usable name');
    expect(parseLabels(['team=vision'])).toEqual({ team: 'vision' });
    expect(() => parseLabels(['team'])).toThrow('--label "team" has no value');
  });

  it('reads whole numbers in their range and ids of jobs', () => {
    expect(parseWholeNumber('--limit', '20', { min: 1, max: 20 })).toBe(20);
    for (const text of ['21', '0', '1.0', 'x', '']) {
      expect(() => parseWholeNumber('--limit', text, { min: 1, max: 20 })).toThrow('--limit');
    }
    expect(() => requireJobId('job_123')).toThrow('not a job id');
    expect(() => requireJobId(undefined)).toThrow('not a job id');
  });
});

describe('buildAdminJob', () => {
  const defaults = {
    reward: '0.001',
    asset: 'SOL',
    gpuMemory: '0',
    duration: '60',
    timeout: '300',
  };

  it('[10.02] maps the flags of the seed', () => {
    const spec = buildAdminJob({
      ...defaults,
      jobType: 'training',
      command: ['echo', 'hi'],
      gpuMemory: '8000000000',
      requiresGpu: true,
    });
    expect(spec).toEqual({
      name: 'training job',
      labels: { 'job-type': 'training', 'expected-sec': '60' },
      workload: { kind: 'container', command: ['echo', 'hi'] },
      resources: { gpus: { count: 1, memoryBytesMin: 8_000_000_000 } },
      limits: { runSec: 300 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    });
  });

  it('[10.02] takes environment, priority and both addresses of the seed', () => {
    const spec = buildAdminJob(
      {
        ...defaults,
        env: ['A=1', 'HERE'],
        priority: 'URGENT',
        inputDataUrl: 'https://data.example/in.tar.gz',
        outputUploadUrl: 'https://data.example/out',
      },
      { HERE: 'v' },
    );
    expect(spec).toMatchObject({
      workload: { env: { A: '1', HERE: 'v' } },
      priority: 'urgent',
      inputs: [
        { path: '.', unpack: true, source: { kind: 'url', url: 'https://data.example/in.tar.gz' } },
      ],
      labels: { 'node3/output_upload_url': 'https://data.example/out' },
      placement: { labels: { 'node3/output_upload_url': 'sent' } },
    });
    expect(() => buildAdminJob({ ...defaults, priority: 'soon' })).toThrow('--priority');
  });

  it('runs one --command with spaces by the shell, and needs no GPU by default', () => {
    const spec = buildAdminJob({ ...defaults, type: 'test', command: ['echo a b'] });
    expect(spec.workload).toEqual({ kind: 'container', command: ['sh', '-c', 'echo a b'] });
    expect(spec.resources).toBeUndefined();
    expect(spec.labels?.['job-type']).toBe('test');
  });

  it('refuses GPU memory together with --no-gpu', () => {
    expect(() => buildAdminJob({ ...defaults, gpu: false, gpuMemory: '1' })).toThrow('--no-gpu');
  });
});
