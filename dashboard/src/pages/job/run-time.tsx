import { isTerminalJob, type JobState } from '@node3/shared/job-state';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { useNow } from '../../use-now.ts';

interface RunTimeProps {
  job: { state: JobState; startedAt: string | null; finishedAt: string | null };
}

/** How long the job ran, counting up while it does. A job that never started has no run time. */
export function RunTime({ job }: RunTimeProps) {
  const format = useFormat();
  const nowMs = useNow(1_000);
  if (job.startedAt === null) return <>{unknownMark}</>;
  const endMs = job.finishedAt === null ? nowMs : Date.parse(job.finishedAt);
  if (job.finishedAt === null && isTerminalJob(job.state)) return <>{unknownMark}</>;
  return (
    <span className="nowrap">
      {format.duration(Math.max(0, endMs - Date.parse(job.startedAt)))}
    </span>
  );
}
