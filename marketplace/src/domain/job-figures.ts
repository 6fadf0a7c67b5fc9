import type { JobFigures } from '@node3/shared/routes/job-metrics';

/** Jobs of one end. */
interface Ended {
  state: string;
  jobs: number;
  /** Runs whose time is known, and what they took together. */
  timedRuns: number;
  runMs: number;
}

interface Times {
  of: 'run' | 'queue';
  ms: number;
  jobs: number;
}

/** What jobs that ended come to. `times` are known to three digits, so percentiles are. */
export function figuresOf(ended: readonly Ended[], times: readonly Times[]): JobFigures {
  const count = (states: readonly string[]) =>
    sum(ended.filter(({ state }) => states.includes(state)).map(({ jobs }) => jobs));
  const succeeded = count(['succeeded']);
  const failed = count(['failed', 'timed_out', 'expired']);
  const timedRuns = sum(ended.map((one) => one.timedRuns));
  const decided = succeeded + failed;
  const run = times.filter(({ of }) => of === 'run');
  const queue = times.filter(({ of }) => of === 'queue');
  return {
    jobs: sum(ended.map(({ jobs }) => jobs)),
    succeeded,
    failed,
    cancelled: count(['cancelled']),
    successRatio: decided === 0 ? null : succeeded / decided,
    runMsMean: timedRuns === 0 ? null : sum(ended.map(({ runMs }) => runMs)) / timedRuns,
    runMsP50: percentile(run, 0.5),
    runMsP95: percentile(run, 0.95),
    queueMsP50: percentile(queue, 0.5),
    queueMsP95: percentile(queue, 0.95),
  };
}

/** The smallest time that this share of the jobs did not exceed; null of none. */
function percentile(times: readonly Times[], share: number): number | null {
  const wanted = Math.ceil(sum(times.map(({ jobs }) => jobs)) * share);
  let seen = 0;
  for (const { ms, jobs } of times.toSorted((a, b) => a.ms - b.ms)) {
    seen += jobs;
    if (seen >= wanted) return ms;
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
