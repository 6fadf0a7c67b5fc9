import { type Static, Type } from 'typebox';
import { gpuFrameworks, gpuVendors, isolationLevels, Labels, Region } from './job-spec.ts';
import { limits } from './limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject } from './schema.ts';

/** One GPU (or one MIG slice) an agent offers. Facts as its tools report them; `null` is unknown. */
export const Device = strictObject({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'Stable, usually the UUID' }),
  vendor: oneOf([...gpuVendors, 'simulated']),
  model: Type.String({ minLength: 1, maxLength: 128, description: 'As the driver names it' }),
  modelId: nullable(Type.String({ maxLength: 64, description: 'Catalogue id, such as rtx-4090' })),
  memoryBytes: nullable(Type.Integer({ minimum: 0, maximum: limits.memoryBytesMax })),
  computeCapability: nullable(Type.String({ maxLength: 16 })),
  driverVersion: nullable(Type.String({ maxLength: 64 })),
  frameworks: Type.Optional(
    Type.Array(oneOf(gpuFrameworks), {
      maxItems: gpuFrameworks.length,
      description: "What programs can use; absent: the one that comes with the maker's driver",
    }),
  ),
  simulated: Type.Boolean({
    description: 'Not real hardware; never gets funded GPU work elsewhere',
  }),
});
export type Device = Static<typeof Device>;

/** A reading with its honesty: `unavailable` always has value null. */
export const Metric = strictObject({
  value: nullable(Type.Number()),
  source: oneOf(['measured', 'estimated', 'unavailable']),
});
export type Metric = Static<typeof Metric>;

export const DeviceSample = strictObject({
  deviceId: Type.String({ maxLength: 128 }),
  ageMs: nullable(Type.Number({ minimum: 0, description: 'Since the reading was taken' })),
  utilizationRatio: Metric,
  memoryUsedBytes: Metric,
  temperatureCelsius: Metric,
  powerWatts: Metric,
});
export type DeviceSample = Static<typeof DeviceSample>;

/**
 * The least the provider takes for an hour on one GPU, per asset; null and absent take anything.
 * Work without a GPU has no ask. A fixed reward counts as what it pays per GPU hour at the run limit.
 */
export const Asks = strictObject({ SOL: nullable(MoneySchema), USDC: nullable(MoneySchema) });
export type Asks = Static<typeof Asks>;

/** How a class of devices is written: an id of the catalogue, such as rtx-4090. */
const deviceClassPattern = '^[a-z0-9][a-z0-9.-]{0,63}$';

/** Secrets of jobs are sealed to this key, and only for agents that have one. */
export const AgentSecretKey = strictObject({
  keyId: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }),
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'X25519, base64url' }),
});
export type AgentSecretKey = Static<typeof AgentSecretKey>;

/** What an agent offers: its machine, its limits and the isolation really in force. */
export const Offer = strictObject({
  devices: Type.Array(Device, { maxItems: limits.devicesPerAgent }),
  isolation: oneOf(isolationLevels),
  /** Whether the provider also allows jobs that ask for isolation `native`. */
  nativeAllowed: Type.Boolean(),
  arch: oneOf(['x64', 'arm64']),
  cpus: Type.Number({ exclusiveMinimum: 0, maximum: 4096 }),
  memoryBytes: Type.Integer({ minimum: 1, maximum: limits.memoryBytesMax }),
  diskBytes: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  slots: Type.Integer({ minimum: 1, maximum: limits.executionsPerAgent }),
  /** Of every GPU whose class is not in `classAsks`. */
  asks: Type.Optional(Asks),
  /** By catalogue id. Absent: every GPU asks the same. */
  classAsks: Type.Optional(
    Type.Record(Type.String({ pattern: deviceClassPattern }), Asks, {
      additionalProperties: false,
      maxProperties: limits.devicesPerAgent,
    }),
  ),
  /** Newer fields of messages that this agent can read, by name; it gets no others. */
  reads: Type.Optional(
    Type.Array(Type.String({ pattern: '^[a-z][A-Za-z]{0,31}$' }), {
      maxItems: 16,
      description: '`rate`: of an execution offer',
    }),
  ),
  /** Jobs that may run longer are for others; absent: as long as any job may. */
  runSecMax: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.runSecMax })),
  /** Absent is unknown, which is in no region that a job asks for. */
  region: Type.Optional(Region),
  labels: Type.Optional(Labels),
  /** Whether interruptible jobs may be stopped here, unpaid, for others that pay as much or more. */
  preemptible: Type.Optional(Type.Boolean()),
  /** Absent: the agent takes no jobs with secrets. */
  secretKey: Type.Optional(AgentSecretKey),
  /** What jobs may reach through the agent's proxy; absent: nothing. */
  egress: Type.Optional(
    strictObject({
      hosts: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
        maxItems: limits.egressHosts,
        description: 'A host, `*.` and a domain, or `*` for all public hosts',
      }),
    }),
  ),
  /** Accounts whose jobs the provider does not want. */
  requestersBlocked: Type.Optional(
    Type.Array(id('account'), { maxItems: limits.requestersBlocked }),
  ),
});
export type Offer = Static<typeof Offer>;
