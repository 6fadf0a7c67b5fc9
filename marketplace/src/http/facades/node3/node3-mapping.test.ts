import type { JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { completeSpec } from '../../../services/complete-spec.ts';
import { toJobSpec, toOffer, toSeedJob } from './node3-mapping.ts';

const job = { job_type: 'inference', docker_image: 'python', command: ['python', '-V'] };

const machine = { gpu_model: 'RTX 4090', gpu_vendor: 'nvidia', gpu_memory: 25_757_220_864 };
const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };

function shown(input: JobSpecInput) {
  const row = { accountId: 'acc', jobId: 'job', spec: completeSpec(input, images) };
  return toSeedJob(row, 'acc');
}

describe('a job of the seed’s admin', () => {
  it.each([
    [0.01, 'high'],
    [0.009999999, 'normal'],
    [0.001, 'normal'],
    [0.000999999, 'low'],
  ])('[4.02] for %d SOL is of priority %s', (reward, priority) => {
    expect(toJobSpec({ ...job, reward }).priority).toBe(priority);
  });

  it('[2.16] has the defaults of the seed for what it leaves out', () => {
    expect(toJobSpec(job)).toEqual({
      labels: { api: 'node3', 'node3/job_type': 'inference', 'node3/estimated_duration': '60' },
      priority: 'normal',
      workload: { kind: 'container', image: 'python', command: ['python', '-V'] },
      limits: { runSec: 300 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    });
  });

  it('[2.16] [2.22] brings the seed’s archive to every agent, and tells the seed’s of it in its words', () => {
    const url = 'https://data.example/in.tar.gz';
    const input = toJobSpec({ ...job, input_data_url: url });
    expect(input).toMatchObject({
      inputs: [{ path: '.', unpack: true, source: { kind: 'url', url } }],
    });
    expect(input.placement).toBeUndefined();
    expect(shown(input)).toMatchObject({ input_data_url: url });
    const hashed = { kind: 'url' as const, url, sha256: 'ab'.repeat(32) };
    const more = { ...input, inputs: [{ path: '.', unpack: true, source: hashed }] };
    expect(shown(more)).toBeNull();
  });

  it('[2.16] [2.22] gives a job with an address for its result to those alone who send it', () => {
    const spec = toJobSpec({ ...job, output_upload_url: 'https://data.example/out' });
    const { labels } = spec.placement ?? {};
    expect(labels).toEqual(toOffer(machine, 1).labels);
    expect(shown(spec)).toMatchObject({ output_upload_url: 'https://data.example/out' });
  });

  it('[2.16] [4.06] asks for a GPU where it requires one or names its memory', () => {
    expect(toJobSpec({ ...job, requires_gpu: true }).resources).toEqual({ gpus: { count: 1 } });
    const memory = toJobSpec({ ...job, gpu_memory_required: 8 * 1024 ** 3 });
    expect(memory.resources).toEqual({ gpus: { count: 1, memoryBytesMin: 8 * 1024 ** 3 } });
  });
});
