import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { DeviceSample, Offer } from '../device.ts';
import { executionOutcomes, executionPhases } from '../execution-state.ts';
import { ExecutionReadings } from '../execution-usage.ts';
import { ImagePull } from '../image-pull.ts';
import { limits } from '../limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject } from '../schema.ts';
import { payoutStates } from '../settlement-state.ts';
import { traceparentPattern } from '../traceparent.ts';
import { challengeProof } from './auth.ts';
import { ProofChallenge } from './gpu-proofs.ts';
import { logStreams, Reason } from './jobs.ts';

/** Strangers see it in their terminals. */
const agentName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$',
  description: 'one line without control characters',
});

const instanceId = Type.String({
  pattern: '^[A-Za-z0-9_-]{16,64}$',
  description: 'Random per process start; a newer one supersedes the older',
});

export const registerAgent = {
  method: 'POST',
  url: '/api/v1/agents',
  summary:
    'Register an agent with a signed wallet challenge, or let it come back with a new key; the key is shown once',
  audience: 'public',
  tag: 'agents',
  schema: {
    body: strictObject({
      ...challengeProof,
      name: agentName,
      version: Type.String({ maxLength: 32 }),
      agentId: Type.Optional(id('agent')),
      registrationToken: Type.Optional(Type.String({ minLength: 16, maxLength: 128 })),
    }),
    response: { 201: strictObject({ agentId: id('agent'), apiKey: Type.String() }) },
  },
} as const satisfies RouteContract;

/** The fencing token: every write about an execution carries it, and a mismatch is LEASE_STALE. */
export const Fence = strictObject({
  attempt: Type.Integer({ minimum: 1 }),
  leaseToken: Type.String({ minLength: 16, maxLength: 128 }),
});
export type Fence = Static<typeof Fence>;

export const ExecutionOffer = strictObject({
  type: Type.Literal('offer'),
  executionId: id('execution'),
  jobId: id('job'),
  attempt: Type.Integer(),
  leaseToken: Type.String(),
  acceptWithinMs: Type.Integer({ description: 'From the moment the offer was made' }),
  leaseMs: Type.Integer({ description: 'What acceptance gives, from when it is sent' }),
  deviceIds: Type.Array(Type.String()),
  spec: Type.Unknown({ description: 'A JobSpec' }),
  secrets: Type.Optional(
    strictObject({
      keyId: Type.String({ maxLength: 64, description: "Which of the agent's keys opens it" }),
      box: Type.String({ description: 'JobSecrets as JSON, sealed for this execution' }),
    }),
  ),
  reward: MoneySchema,
  /** Of a metered job, what is paid per GPU hour; only for agents whose offer says they read it. */
  rate: Type.Optional(MoneySchema),
  requesterId: Type.Optional(
    Type.String({ maxLength: 64, description: 'Whose job it is; a provider may block it' }),
  ),
  traceparent: Type.Optional(
    Type.String({ pattern: traceparentPattern, description: 'W3C: the trace of the job' }),
  ),
});
export type ExecutionOffer = Static<typeof ExecutionOffer>;

export const CancelMessage = strictObject({
  type: Type.Literal('cancel'),
  executionId: id('execution'),
  attempt: Type.Integer(),
});

export const DrainMessage = strictObject({ type: Type.Literal('drain') });

/** The drain is over. */
export const ResumeMessage = strictObject({ type: Type.Literal('resume') });

export const AgentMessage = Type.Union([
  ExecutionOffer,
  CancelMessage,
  DrainMessage,
  ResumeMessage,
]);
export type AgentMessage = Static<typeof AgentMessage>;

/**
 * Long poll: answers when there is something to say, at the latest after `waitSec`.
 * `claimId` makes the offer safe to lose: the same claimId answers the same live offer again.
 */
export const pollAgent = {
  method: 'POST',
  url: '/api/v1/agents/me/poll',
  summary: 'Ask for work and for messages',
  audience: 'agent',
  tag: 'agents',
  schema: {
    body: strictObject({
      instanceId,
      claimId: nullable(Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$' })),
      waitSec: Type.Integer({ minimum: 0, maximum: limits.pollWaitSecMax }),
      offer: Offer,
      freeDeviceIds: Type.Array(Type.String({ maxLength: 128 }), {
        maxItems: limits.devicesPerAgent,
      }),
      freeCpus: Type.Number({ minimum: 0 }),
      freeMemoryBytes: Type.Integer({ minimum: 0 }),
    }),
    response: { 200: strictObject({ messages: Type.Array(AgentMessage) }) },
  },
} as const satisfies RouteContract;

/** Renews the lease of every live execution named. Unknown or stale ones are answered `stop`. */
export const heartbeatAgent = {
  method: 'POST',
  url: '/api/v1/agents/me/heartbeat',
  summary: 'Say that the agent lives and renew its leases',
  audience: 'agent',
  tag: 'agents',
  schema: {
    body: strictObject({
      instanceId,
      executions: Type.Array(strictObject({ executionId: id('execution'), ...Fence.properties }), {
        maxItems: limits.executionsPerAgent,
      }),
      samples: Type.Array(DeviceSample, { maxItems: limits.devicesPerAgent }),
      usage: Type.Optional(
        Type.Array(ExecutionReadings, {
          maxItems: limits.executionsPerAgent,
          description: 'Only where the marketplace said in `hello` that it takes `usage`',
        }),
      ),
    }),
    response: {
      200: strictObject({
        heartbeatMs: Type.Integer(),
        executions: Type.Array(
          strictObject({
            executionId: id('execution'),
            verdict: oneOf(['continue', 'cancel', 'stop']),
            leaseMs: Type.Integer({ description: 'From the moment this heartbeat was sent' }),
          }),
        ),
        proof: Type.Optional(ProofChallenge),
      }),
    },
  },
} as const satisfies RouteContract;

const executionParams = strictObject({ executionId: id('execution') });

export const acceptExecution = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/accept',
  summary: 'Accept an offer',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params: executionParams,
    body: Fence,
    response: { 200: strictObject({ leaseMs: Type.Integer() }) },
  },
} as const satisfies RouteContract;

/** Gives an execution back before its workload started; costs no reputation. */
export const releaseExecution = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/release',
  summary: 'Give an execution back',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params: executionParams,
    body: Fence,
    response: { 200: strictObject({ state: Type.String() }) },
  },
} as const satisfies RouteContract;

export const reportProgress = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/progress',
  summary: 'Report the phase of an execution, and how far its image is',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params: executionParams,
    body: strictObject({
      ...Fence.properties,
      phase: oneOf(executionPhases),
      isolation: Type.Optional(Type.String({ maxLength: 256 })),
      imageDigest: Type.Optional(Type.String({ maxLength: 256 })),
      imagePull: Type.Optional(ImagePull),
    }),
    response: { 200: strictObject({ verdict: oneOf(['continue', 'cancel']) }) },
  },
} as const satisfies RouteContract;

/** A line of log by itself. */
const NewLogLine = strictObject({
  stream: oneOf(logStreams),
  atMs: Type.Integer({ minimum: 0, maximum: limits.timestampMsMax }),
  text: Type.String({ maxLength: limits.logLineBytes }),
  partial: Type.Boolean(),
});

/** Lines of one stream with one time, each with its line break: `LogBlock` of log-blocks.ts. */
const NewLogBlock = strictObject({
  stream: oneOf(logStreams),
  atMs: Type.Integer({ minimum: 0, maximum: limits.timestampMsMax }),
  lineCount: Type.Integer({ minimum: 1, maximum: limits.logLinesPerBatch }),
  text: Type.String({ description: 'As long as the request may be' }),
});

/**
 * `seq` counts the lines of one execution from 1; lines already stored are ignored. They come as
 * `blocks` where the marketplace said in `hello` that it takes them, and as `lines` otherwise.
 */
export const appendLogs = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/logs',
  summary: 'Append log lines',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params: executionParams,
    body: strictObject({
      ...Fence.properties,
      seqFirst: Type.Integer({ minimum: 1 }),
      lines: Type.Optional(
        Type.Array(NewLogLine, { minItems: 1, maxItems: limits.logLinesPerBatch }),
      ),
      blocks: Type.Optional(
        Type.Array(NewLogBlock, { minItems: 1, maxItems: limits.logLinesPerBatch }),
      ),
    }),
    response: { 200: strictObject({ ackedSeq: Type.Integer() }) },
  },
} as const satisfies RouteContract;

export const ExecutionResult = strictObject({
  outcome: oneOf(executionOutcomes),
  reason: Reason,
  detail: nullable(Type.String({ maxLength: 2_000 })),
  exitCode: nullable(Type.Integer({ minimum: -1, maximum: 255 })),
  runMs: Type.Integer({ minimum: 0, description: 'How long the workload ran; 0 if never started' }),
  started: Type.Boolean({ description: 'Whether the workload was ever started' }),
  peakMemoryBytes: nullable(Type.Integer({ minimum: 0 })),
  isolation: nullable(Type.String({ maxLength: 256 })),
  imageDigest: nullable(Type.String({ maxLength: 256 })),
  output: Type.Optional(Type.Unknown()),
  outputOmitted: Type.Optional(
    Type.Boolean({ description: 'There was structured output, and it is not all here' }),
  ),
  logLines: Type.Integer({ minimum: 0, description: 'How many lines the agent sent in all' }),
});
export type ExecutionResult = Static<typeof ExecutionResult>;

/** Reporting the same result again answers the same; a different one is RESULT_CONFLICT. */
export const reportResult = {
  method: 'POST',
  url: '/api/v1/executions/:executionId/result',
  summary: 'Report how an execution ended',
  audience: 'agent',
  tag: 'agents',
  schema: {
    params: executionParams,
    body: strictObject({ ...Fence.properties, result: ExecutionResult }),
    response: {
      200: strictObject({
        jobState: Type.String(),
        earned: MoneySchema,
        payoutId: nullable(id('payout')),
      }),
    },
  },
} as const satisfies RouteContract;

/** Paid for good by payouts that came up since then; rolling but for `since`, which the caller said. */
const EarnedWithin = strictObject({
  last24h: MoneySchema,
  last7d: MoneySchema,
  last30d: MoneySchema,
  since: nullable(MoneySchema),
});

export const AgentEarnings = strictObject({
  agentId: id('agent'),
  name: Type.String(),
  wallet: Type.String(),
  jobsSucceeded: Type.Integer(),
  jobsFailed: Type.Integer(),
  earned: strictObject({
    SOL: strictObject({ finalized: MoneySchema, pending: MoneySchema, today: MoneySchema }),
    USDC: strictObject({ finalized: MoneySchema, pending: MoneySchema, today: MoneySchema }),
  }),
  within: Type.Optional(strictObject({ SOL: EarnedWithin, USDC: EarnedWithin })),
  payouts: Type.Array(
    strictObject({
      payoutId: id('payout'),
      jobId: id('job'),
      state: oneOf(payoutStates),
      money: MoneySchema,
      signature: nullable(Type.String()),
      explorerUrl: nullable(Type.String()),
      waitReason: nullable(Type.String()),
      createdAt: Type.String(),
      finalizedAt: nullable(Type.String()),
    }),
  ),
});
export type AgentEarnings = Static<typeof AgentEarnings>;

export const getAgentEarnings = {
  method: 'GET',
  url: '/api/v1/agents/me/earnings',
  summary: 'What the agent earned; only finalized payouts count as finalized',
  audience: 'agent',
  tag: 'agents',
  schema: {
    querystring: strictObject({
      since: Type.Optional(
        Type.String({
          pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$',
          description: 'RFC 3339 in UTC, such as of midnight where the agent is',
        }),
      ),
    }),
    response: { 200: AgentEarnings },
  },
} as const satisfies RouteContract;
