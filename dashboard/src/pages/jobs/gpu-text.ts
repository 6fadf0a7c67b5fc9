import type { JobSummary } from '@node3/shared/routes/jobs';
import type { TFunction } from 'i18next';

/** The GPUs of a job: their model where one is known, else how many it asks for. */
export function gpuText(
  t: TFunction,
  { gpus, gpuModels }: Pick<JobSummary, 'gpus' | 'gpuModels'>,
): string {
  if (gpus === 0) return t('job.cpuOnly');
  const models = [...new Set(gpuModels)].join(', ');
  if (models === '') return t('job.gpuCount', { count: gpus });
  return gpus === 1 ? models : `${gpus} × ${models}`;
}
