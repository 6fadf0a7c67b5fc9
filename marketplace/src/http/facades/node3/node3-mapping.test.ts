import { describe, expect, it } from 'vitest';
import { toJobSpec } from './node3-mapping.ts';

const job = { job_type: 'inference', docker_image: 'python', command: ['python', '-V'] };

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

  it('[2.16] [4.06] asks for a GPU where it requires one or names its memory', () => {
    expect(toJobSpec({ ...job, requires_gpu: true }).resources).toEqual({ gpus: { count: 1 } });
    const memory = toJobSpec({ ...job, gpu_memory_required: 8 * 1024 ** 3 });
    expect(memory.resources).toEqual({ gpus: { count: 1, memoryBytesMin: 8 * 1024 ** 3 } });
  });
});
