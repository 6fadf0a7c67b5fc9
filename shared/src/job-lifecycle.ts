import { type Static, Type } from 'typebox';
import { faults, type Reason, reasonNames, reasons } from './job-state.ts';
import { limits } from './limits.ts';
import { id, oneOf, strictObject } from './schema.ts';

/** The parts of a spec that say when a job begins, when it is given up and when it is tried again. */

export const dependencyConditions = ['succeeded', 'ended'] as const;
/** `succeeded`: the needed job must succeed. `ended`: it must be over, however it ended. */
type DependencyCondition = (typeof dependencyConditions)[number];

export const Dependency = strictObject({
  jobId: id('job'),
  condition: oneOf<DependencyCondition>(dependencyConditions),
});
export type Dependency = Static<typeof Dependency>;

export const After = Type.Array(Dependency, {
  maxItems: limits.dependenciesPerJob,
  description: 'Jobs of the same account that have to end first; they must exist already',
});

export const Cache = strictObject({
  maxAgeSec: Type.Integer({
    minimum: 1,
    maximum: limits.cacheAgeSecMax,
    description: 'A result that is older is not reused',
  }),
  anyTag: Type.Optional(
    Type.Boolean({
      description: 'Reuse although the image is named by a tag, which may have moved meanwhile',
    }),
  ),
});

/** Reasons after which another attempt may help. */
export const retriedReasons = reasonNames.filter((name) => reasons[name].retry === 'yes');

/** Whose fault it may be that an attempt is followed by another; a requester's own is final. */
const retriedFaults = faults.filter((fault) => fault !== 'requester');

export type RetryCause = Reason | (typeof retriedFaults)[number];

export const Retry = strictObject({
  attemptsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.attemptsMax })),
  on: Type.Optional(
    Type.Array(oneOf<RetryCause>([...retriedFaults, ...retriedReasons]), {
      maxItems: retriedFaults.length + retriedReasons.length,
      uniqueItems: true,
      description: 'Faults and reasons after which it is tried again; without it, all of them',
    }),
  ),
});

export const RunLimits = strictObject({
  queueSec: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.queueSecMax })),
  pullSec: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pullSecMax })),
  runSec: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.runSecMax })),
  progressSec: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.runSecMax,
      description: 'Without a line of output for this long the run is stopped; off unless given',
    }),
  ),
  logBytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: limits.logBytesMax })),
});

/** The same parts with every default filled in. */
export interface LifecycleSpec {
  after: Dependency[];
  cache: { maxAgeSec: number; anyTag: boolean } | null;
  limits: {
    queueSec: number;
    pullSec: number;
    runSec: number;
    /** null: a run may be silent. */
    progressSec: number | null;
    logBytes: number;
  };
  /** `on` null: every fault and reason that may be retried. */
  retry: { attemptsMax: number; on: RetryCause[] | null };
}

export interface LifecycleInput {
  after?: Static<typeof After>;
  cache?: Static<typeof Cache>;
  limits?: Static<typeof RunLimits>;
  retry?: Static<typeof Retry>;
}

export function completeLifecycle(input: LifecycleInput): LifecycleSpec {
  const { cache, limits: given = {}, retry = {} } = input;
  return {
    after: input.after ?? [],
    cache:
      cache === undefined ? null : { maxAgeSec: cache.maxAgeSec, anyTag: cache.anyTag ?? false },
    limits: {
      queueSec: given.queueSec ?? limits.queueSecDefault,
      pullSec: given.pullSec ?? limits.pullSecDefault,
      runSec: given.runSec ?? limits.runSecDefault,
      progressSec: given.progressSec ?? null,
      logBytes: given.logBytes ?? limits.logBytesDefault,
    },
    retry: {
      attemptsMax: retry.attemptsMax ?? limits.attemptsDefault,
      on: retry.on ?? null,
    },
  };
}
