import type { QueueSample } from './measure-queue.ts';
import { figures, type Rounds, ratios, type Spread, spreadOf } from './paired-rounds.ts';
import type { Measurement } from './report.ts';

/** What is compared with whom, and how much is enough. */
export interface Target<Sample> {
  what: string;
  pick: (sample: Sample) => number | null;
  ours: string;
  /** null: the figure itself is the target, and no ratio. */
  theirs: string | null;
  atLeast?: number;
  atMost?: number;
  unit?: string;
}

/** @param absent why a contender did not take part, by its name. */
export function judge<Sample>(
  targets: readonly Target<Sample>[],
  rounds: Rounds<Sample>,
  absent: ReadonlyMap<string, string>,
): Measurement[] {
  return targets.map((target) => {
    const { ours, theirs, pick } = target;
    const values =
      theirs === null ? figures(rounds, ours, pick) : ratios(rounds, [ours, theirs], pick);
    const why = [ours, theirs ?? ours].map((name) => absent.get(name)).find((text) => text);
    return measurementOf(target, spreadOf(values), why ?? 'nothing could be measured', {
      ours: spreadOf(figures(rounds, ours, pick)),
      theirs: theirs === null ? null : spreadOf(figures(rounds, theirs, pick)),
    });
  });
}

function measurementOf<Sample>(
  { what, ours, theirs, atLeast, atMost, unit = '×' }: Target<Sample>,
  spread: Spread | null,
  whyNot: string,
  medians: { ours: Spread | null; theirs: Spread | null },
): Measurement {
  const name = theirs === null ? `${what}: ${ours}` : `${what}: ${ours} / ${theirs}`;
  const target = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  if (spread === null) return { name, target, unit, value: null, passed: null, note: whyNot };
  const { median, min, max, rounds } = spread;
  const passed = median >= (atLeast ?? 0) && median <= (atMost ?? Number.POSITIVE_INFINITY);
  const { ours: own, theirs: other } = medians;
  const compared =
    own === null || other === null ? '' : `; ${short(own.median)} against ${short(other.median)}`;
  const note = `[${short(min)}..${short(max)}] in ${rounds} rounds${compared}`;
  return { name, target, unit, value: median, passed, note, spread, medians };
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

const [http, batch] = ['node3 http', 'node3 batch'];
const [bullmq, graphile, pgboss] = ['BullMQ always', 'graphile-worker', 'pg-boss'];
const jobsPerSec = (sample: QueueSample) => sample.jobsPerSec;
const cpuUsPerJob = (sample: QueueSample) => sample.cpuUsPerJob;

export const saturatedTargets: readonly Target<QueueSample>[] = [
  ...against('whole jobs a second', jobsPerSec, http, {
    [bullmq]: 1.5,
    [graphile]: 8,
    [pgboss]: 8,
  }),
  // The references are not peers, but say how far the stack itself goes.
  ...against('whole jobs a second', jobsPerSec, http, { 'reference http': 0.4 }),
  ...against('whole jobs a second', jobsPerSec, batch, {
    [bullmq]: 4,
    [graphile]: 25,
    [pgboss]: 25,
    'reference socket': 0.4,
  }),
  ...[http, batch].map((ours) => ({
    what: 'commits per job, 64 in flight',
    pick: (sample: QueueSample) => sample.commitsPerJob,
    ours,
    theirs: null,
    atMost: 0.06,
    unit: '',
  })),
  ...[http, batch, 'reference http', bullmq].map((ours) => ({
    what: 'disk flushes per job, 64 in flight',
    pick: (sample: QueueSample) => sample.flushesPerJob,
    ours,
    theirs: null,
    atMost: 0.06,
    unit: '',
  })),
  { what: 'CPU per job', pick: cpuUsPerJob, ours: http, theirs: bullmq, atMost: 0.7 },
  { what: 'CPU per job', pick: cpuUsPerJob, ours: batch, theirs: bullmq, atMost: 0.25 },
  ...[http, batch].map((ours) => ({
    what: 'saturated, post to offer, p99',
    pick: (sample: QueueSample) => sample.startP99Ms,
    ours,
    theirs: bullmq,
    atMost: 0.1,
  })),
];

const startLimits = [
  { theirs: bullmq, atMost: 0.6 },
  { theirs: graphile, atMost: 0.35 },
];

export const openLoopTargets: readonly Target<QueueSample>[] = [http, batch].flatMap((ours) =>
  startLimits.map((limit) => ({
    what: '100 jobs a second, post to offer, p50',
    pick: (sample: QueueSample) => sample.startP50Ms,
    ours,
    ...limit,
  })),
);

export const loneTargets: readonly Target<QueueSample>[] = [http, batch].map((ours) => ({
  what: 'commits of a lone job',
  pick: (sample: QueueSample) => sample.commitsPerJob,
  ours,
  theirs: null,
  atMost: 2,
  unit: '',
}));

function against(
  what: string,
  pick: (sample: QueueSample) => number | null,
  ours: string,
  leasts: Record<string, number>,
): Target<QueueSample>[] {
  return Object.entries(leasts).map(([theirs, atLeast]) => ({ what, pick, ours, theirs, atLeast }));
}
