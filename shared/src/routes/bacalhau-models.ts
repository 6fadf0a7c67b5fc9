import { type Static, Type } from 'typebox';

/**
 * What Bacalhau's HTTP API v1 answers with, by its own names: jobs, executions, history and nodes. Times
 * are nanoseconds since the epoch, which as numbers are exact to the millisecond that we know. What is not
 * known is absent, never 0.
 */

const text = Type.String();
const texts = Type.Record(Type.String(), Type.String());
const nanoseconds = Type.Integer({ description: 'Since the epoch' });

/** `Type` says what `Params` mean: an engine, a source, a publisher or a result. */
const SpecConfig = Type.Object({ Type: text, Params: Type.Record(Type.String(), Type.Unknown()) });
export type BacalhauSpecConfig = Static<typeof SpecConfig>;

export const bacalhauJobStates = [
  'Pending',
  'Queued',
  'Running',
  'Completed',
  'Failed',
  'Stopped',
] as const;
export type BacalhauJobState = (typeof bacalhauJobStates)[number];

const JobState = Type.Object({
  StateType: Type.Enum([...bacalhauJobStates]),
  Message: text,
  Details: Type.Optional(texts),
});

const Task = Type.Object({
  Name: text,
  Engine: SpecConfig,
  Publisher: SpecConfig,
  Env: Type.Optional(texts),
  InputSources: Type.Array(Type.Object({ Source: SpecConfig, Target: text })),
  ResultPaths: Type.Array(Type.Object({ Name: text, Path: text })),
  Resources: Type.Object({ CPU: text, Memory: text, Disk: text, GPU: text }),
  Network: Type.Object({ Type: text, Domains: Type.Optional(Type.Array(text)) }),
  Timeouts: Type.Object({
    ExecutionTimeout: Type.Integer({ description: 'Seconds' }),
    QueueTimeout: Type.Integer({ description: 'Seconds' }),
    TotalTimeout: Type.Integer({ description: 'Seconds' }),
  }),
});
export type BacalhauTask = Static<typeof Task>;

export const BacalhauJob = Type.Object({
  ID: text,
  Name: text,
  Namespace: text,
  Type: Type.Literal('batch'),
  Priority: Type.Integer(),
  Count: Type.Integer(),
  Labels: texts,
  Meta: texts,
  Tasks: Type.Array(Task),
  State: JobState,
  Version: Type.Integer(),
  CreateTime: nanoseconds,
  ModifyTime: nanoseconds,
});
export type BacalhauJob = Static<typeof BacalhauJob>;

const Gpu = Type.Object({
  Index: Type.Integer(),
  Name: text,
  Vendor: Type.Optional(Type.Enum(['NVIDIA', 'AMD/ATI', 'Intel', 'Apple'])),
  Memory: Type.Optional(Type.Integer({ description: 'MiB' })),
  PCIAddress: Type.Optional(text),
});
export type BacalhauGpu = Static<typeof Gpu>;

const Resources = Type.Object({
  CPU: Type.Optional(Type.Number()),
  Memory: Type.Optional(Type.Integer({ description: 'Bytes' })),
  Disk: Type.Optional(Type.Integer({ description: 'Bytes' })),
  GPU: Type.Optional(Type.Integer()),
  GPUs: Type.Optional(Type.Array(Gpu)),
});
export type BacalhauResources = Static<typeof Resources>;

const state = Type.Object({
  StateType: Type.Integer(),
  Message: text,
  Details: Type.Optional(texts),
});

const RunOutput = Type.Object({
  Stdout: text,
  StdoutTruncated: Type.Boolean(),
  stderr: text,
  StderrTruncated: Type.Boolean(),
  ExitCode: Type.Optional(Type.Integer()),
  ErrorMsg: text,
});
export type BacalhauRunOutput = Static<typeof RunOutput>;

export const BacalhauExecution = Type.Object({
  ID: text,
  Namespace: text,
  NodeID: text,
  JobID: text,
  JobVersion: Type.Integer(),
  AllocatedResources: Type.Object({ Tasks: Type.Record(Type.String(), Resources) }),
  DesiredState: state,
  ComputeState: state,
  PublishedResult: Type.Optional(SpecConfig),
  RunOutput: Type.Optional(RunOutput),
  PartitionIndex: Type.Integer(),
  PreviousExecution: text,
  NextExecution: text,
  CreateTime: nanoseconds,
  ModifyTime: nanoseconds,
});
export type BacalhauExecution = Static<typeof BacalhauExecution>;

export const BacalhauHistoryItem = Type.Object({
  SeqNum: Type.Integer(),
  Type: Type.Enum(['JobLevel', 'ExecutionLevel']),
  JobID: text,
  JobVersion: Type.Integer(),
  ExecutionID: text,
  Event: Type.Object({ Message: text, Topic: text, Timestamp: text, Details: texts }),
  Time: text,
});
export type BacalhauHistoryItem = Static<typeof BacalhauHistoryItem>;

export const BacalhauNode = Type.Object({
  Info: Type.Object({
    NodeID: text,
    NodeType: Type.Enum(['Compute', 'Requester']),
    Labels: texts,
    ComputeNodeInfo: Type.Optional(
      Type.Object({
        ExecutionEngines: Type.Array(text),
        Publishers: Type.Array(text),
        StorageSources: Type.Array(text),
        MaxCapacity: Resources,
        AvailableCapacity: Resources,
        MaxJobRequirements: Resources,
        RunningExecutions: Type.Integer(),
      }),
    ),
  }),
  Membership: Type.Enum(['APPROVED', 'REJECTED', 'PENDING']),
  ConnectionState: Type.Optional(
    Type.Object({
      Status: Type.Enum(['CONNECTED', 'DISCONNECTED']),
      LastHeartbeat: Type.Optional(text),
    }),
  ),
});
export type BacalhauNode = Static<typeof BacalhauNode>;

export const BacalhauResult = SpecConfig;
