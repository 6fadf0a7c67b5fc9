import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { id, nullable, strictObject, Timestamp } from './schema.ts';
import { usageLimits } from './usage-limits.ts';

const cores = Type.Number({ minimum: 0, maximum: usageLimits.cpuCoresMax });
const ratio = Type.Number({ minimum: 0, maximum: 1 });
const bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const used = {
  cpuCores: nullable(
    Type.Number({ ...cores, description: 'Cores in use, such as 1.5; null: not measured' }),
  ),
  memoryBytes: nullable(Type.Integer({ ...bytes, description: 'Of the workload; null: unknown' })),
  gpuUtilizationRatio: nullable(
    Type.Number({ ...ratio, description: "Mean of the job's GPUs; null: not measured" }),
  ),
  gpuMemoryBytes: nullable(
    Type.Integer({ ...bytes, description: "Used on the job's GPUs together; null: not measured" }),
  ),
};

/** What an execution used at a moment, as its agent read it. */
export const UsageReading = strictObject({
  ageMs: Type.Integer({
    minimum: 0,
    maximum: limits.timestampMsMax,
    description: 'How long ago it was when the heartbeat was sent',
  }),
  ...used,
});
export type UsageReading = Static<typeof UsageReading>;

/** The readings since the heartbeat before, oldest first. */
export const ExecutionReadings = strictObject({
  executionId: id('execution'),
  from: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'The number of the first of them; they count up for as long as the agent runs, so that what comes twice counts once',
    }),
  ),
  readings: Type.Array(UsageReading, {
    minItems: 1,
    maxItems: usageLimits.usagePointsPerHeartbeat,
  }),
});
export type ExecutionReadings = Static<typeof ExecutionReadings>;

/** The mean of what was read within one interval. */
export const UsagePoint = strictObject({ at: Timestamp, ...used });
export type UsagePoint = Static<typeof UsagePoint>;

const peak = (what: string) =>
  nullable(Type.Number({ minimum: 0, description: `${what}; null: never measured` }));

/** All readings of an execution in a few numbers. */
export const UsageSummary = strictObject({
  readings: Type.Integer({
    minimum: 0,
    description:
      'How many there were. With several replicas, those of a heartbeat that its agent repeated to another one may count twice, and those that only a replica which died had heard are missing',
  }),
  cpuCoresMean: peak('Mean of the cores in use'),
  cpuCoresPeak: peak('Highest reading'),
  memoryBytesPeak: peak('Highest reading'),
  gpuUtilizationRatioMean: peak('Mean'),
  gpuUtilizationRatioPeak: peak('Highest reading'),
  gpuMemoryBytesPeak: peak('Highest reading'),
});
export type UsageSummary = Static<typeof UsageSummary>;
