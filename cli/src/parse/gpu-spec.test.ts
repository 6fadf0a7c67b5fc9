import { describe, expect, it } from 'vitest';
import { parseGpuSpec } from './gpu-spec.ts';

describe('parseGpuSpec', () => {
  it.each([
    ['any', { count: 1 }],
    ['2', { count: 2 }],
    ['rtx-4090', { count: 1, models: ['rtx-4090'] }],
    ['RTX 4090', { count: 1, models: ['rtx-4090'] }],
    ['24GB..', { count: 1, memoryBytesMin: 24_000_000_000 }],
    ['24gib', { count: 1, memoryBytesMin: 24 * 1024 ** 3 }],
    ['nvidia:h100-80gb:2', { count: 2, vendor: 'nvidia', models: ['h100-80gb'] }],
    ['a100,h100:40GB..:4', { count: 4, models: ['a100', 'h100'], memoryBytesMin: 40e9 }],
    ['nvidia:cc8.6', { count: 1, vendor: 'nvidia', computeCapabilityMin: '8.6' }],
  ])('reads %s', (text, expected) => {
    expect(parseGpuSpec(text)).toEqual(expected);
  });

  it.each([
    ['', 'has an empty part'],
    ['nvidia::2', 'has an empty part'],
    ['9', 'asks for 9 GPUs; a job has 1 to 8'],
    ['0', 'asks for 0 GPUs'],
    ['2:3', 'says the count twice'],
    ['24GB..80GB', 'has an upper bound'],
    ['lots..', 'has the memory "lots"'],
    ['cc8', 'has the compute capability "8"'],
    ['rtx@4090', 'is not a model name'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseGpuSpec(text)).toThrow(problem);
  });
});
