/**
 * How somebody has behaved, as decayed evidence per axis. Evidence of a time counts half after
 * `halfLifeMs`; it is decayed only when the record is read or written, from the one time it holds, so
 * the order in which evidence comes makes no difference. Nothing here is a judgement of money.
 */
export const agentAxes = ['availability', 'startLatency', 'correctness', 'completion'] as const;
export type AgentAxis = (typeof agentAxes)[number];

export const requesterAxes = ['conduct', 'commitment'] as const;
export type RequesterAxis = (typeof requesterAxes)[number];

/** `good` and `bad` are decayed weights, `count` how often there was evidence at all. */
export interface AxisRecord {
  good: number;
  bad: number;
  count: number;
}

export interface Reputation<Axis extends string = string> {
  atMs: number;
  axes: Partial<Record<Axis, AxisRecord>>;
}

/** One observation: 1 is wholly good, 0 wholly bad. */
export interface Evidence<Axis extends string = string> {
  axis: Axis;
  good: number;
}

/** `value` is between 0 and 1, null while nothing is known. */
export interface Standing {
  value: number | null;
  /** What the evidence weighs after its decay. */
  weight: number;
  count: number;
}

/** Long enough to remember a bad month, short enough that a repaired machine is trusted again. */
export const halfLifeMs = 30 * 86_400_000;

/** The record with more evidence in it. Evidence from before the record's time counts as old. */
export function addEvidence<Axis extends string>(
  record: Reputation<Axis> | null,
  evidence: readonly Evidence<Axis>[],
  nowMs: number,
): Reputation<Axis> {
  const atMs = Math.max(record?.atMs ?? nowMs, nowMs);
  const axes = decayed(record, atMs);
  const weight = decay(atMs - nowMs);
  for (const { axis, good } of evidence) {
    const share = Math.min(1, Math.max(0, good));
    const known: AxisRecord = axes[axis] ?? { good: 0, bad: 0, count: 0 };
    axes[axis] = {
      good: known.good + share * weight,
      bad: known.bad + (1 - share) * weight,
      count: known.count + 1,
    };
  }
  return { atMs, axes };
}

/** The record without evidence that was wrong, which was added not long ago. */
export function withdrawEvidence<Axis extends string>(
  record: Reputation<Axis>,
  evidence: readonly Evidence<Axis>[],
  nowMs: number,
): Reputation<Axis> {
  const atMs = Math.max(record.atMs, nowMs);
  const axes = decayed(record, atMs);
  for (const { axis, good } of evidence) {
    const known: AxisRecord | undefined = axes[axis];
    if (known === undefined) continue;
    axes[axis] = {
      good: Math.max(0, known.good - good),
      bad: Math.max(0, known.bad - (1 - good)),
      count: Math.max(0, known.count - 1),
    };
  }
  return { atMs, axes };
}

/**
 * The mean of Beta(good + 1, bad + 1): two imagined observations, one good and one bad, so that a
 * single job makes nobody perfect and old evidence fades towards the middle.
 */
export function standingOn<Axis extends string>(
  record: Reputation<Axis> | null,
  axis: Axis,
  nowMs: number,
): Standing {
  const known = record?.axes[axis];
  if (record === null || known === undefined) return { value: null, weight: 0, count: 0 };
  const factor = decay(Math.max(0, nowMs - record.atMs));
  const [good, bad] = [known.good * factor, known.bad * factor];
  return { value: (good + 1) / (good + bad + 2), weight: good + bad, count: known.count };
}

/** The seed's moving average of run times, newest 30 %. */
export function averageRunSec(average: number | null, runSec: number): number {
  return average === null ? runSec : 0.7 * average + 0.3 * runSec;
}

function decayed<Axis extends string>(
  record: Reputation<Axis> | null,
  atMs: number,
): Partial<Record<Axis, AxisRecord>> {
  if (record === null) return {};
  const factor = decay(atMs - record.atMs);
  const entries = Object.entries<AxisRecord | undefined>(record.axes).flatMap(([axis, known]) =>
    known === undefined
      ? []
      : [[axis, { ...known, good: known.good * factor, bad: known.bad * factor }] as const],
  );
  return Object.fromEntries(entries) as Partial<Record<Axis, AxisRecord>>;
}

function decay(ageMs: number): number {
  return 2 ** (-ageMs / halfLifeMs);
}
