import type { JobSpec } from '@node3/shared/job-spec';

const gibibyte = 1024 ** 3;

/** Sizes of GPU memory in which jobs are told apart, GiB: what cards have. */
const classes = [8, 16, 24, 48, 80] as const;

/**
 * What a job asks for, coarsely: `none` without a GPU, `any` without a minimum of memory, else the
 * smallest class that has enough.
 */
export function gpuClassOf({ resources }: Pick<JobSpec, 'resources'>): string {
  const { gpus } = resources;
  if (gpus === null) return 'none';
  if ((gpus.memoryBytesMin ?? null) === null) return 'any';
  const gib = (gpus.memoryBytesMin ?? 0) / gibibyte;
  const enough = classes.find((size) => gib <= size);
  return enough === undefined ? 'over80gb' : `${enough}gb`;
}
