import { expect, it, vi } from 'vitest';
import type { ExecutionRow, JobRow } from '../../../store/rows.ts';
import type { Store } from '../../../store/store.ts';
import { readExecutions } from './bacalhau-executions.ts';
import { groupLabels } from './bacalhau-mapping.ts';

function jobOf(jobId: string, place: string, more: Partial<JobRow> = {}): JobRow {
  const spec = { labels: { [groupLabels.partition]: place } };
  return { jobId, attempt: 1, cachedFrom: null, spec, ...more } as unknown as JobRow;
}

it('reads the attempts of all partitions at once, and those of the job whose result was reused', async () => {
  const ran = jobOf('job_ran', '7/9', { attempt: 2 });
  const members = [
    jobOf('job_0', '0/3'),
    jobOf('job_1', '1/3', { attempt: 0 }),
    jobOf('job_2', '2/3', { attempt: 0, cachedFrom: ran.jobId }),
  ];
  const alone = jobOf('job_alone', '5/9');
  const attempt = (executionId: string, jobId: string) => ({ executionId, jobId }) as ExecutionRow;
  const stored = [
    attempt('exe_0', 'job_0'),
    attempt('exe_alone', 'job_alone'),
    attempt('exe_ran_1', 'job_ran'),
    attempt('exe_ran_2', 'job_ran'),
  ];
  const executionsOfJobs = vi.fn(async (jobIds: readonly string[]) =>
    stored.filter(({ jobId }) => jobIds.includes(jobId)),
  );
  const jobsById = vi.fn(async () => new Map([[ran.jobId, ran]]));
  const store = { executionsOfJobs, jobsById } as unknown as Store;

  const found = await readExecutions({ store }, [{ members }, { members: [alone] }]);
  expect(found.map(({ execution, partition }) => [execution.executionId, partition])).toEqual([
    ['exe_0', 0],
    ['exe_ran_1', 2],
    ['exe_ran_2', 2],
    ['exe_alone', 0],
  ]);
  expect(found[1]?.attempts).toHaveLength(2);
  expect(jobsById.mock.calls).toEqual([[['job_ran']]]);
  expect(executionsOfJobs.mock.calls).toEqual([[['job_0', 'job_ran', 'job_alone']]]);
});
