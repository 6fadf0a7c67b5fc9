import type { TFunction } from 'i18next';

const workloads = ['container', 'python', 'javascript', 'typescript', 'bash'] as const;

/** What kind of program it is. A word this version doesn't know is shown as a job, not as nothing. */
export function workloadName(t: TFunction, workload: string): string {
  return t(`workload.${workloads.find((known) => known === workload) ?? 'other'}`);
}

/** What a job is called wherever it is listed: its name, else what kind of program it is. */
export function jobName(t: TFunction, job: { name: string | null; workload: string }): string {
  return job.name ?? workloadName(t, job.workload);
}
