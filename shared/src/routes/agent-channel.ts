import { type Static, type TProperties, Type } from 'typebox';
import type { Problem } from '../error.ts';
import { strictObject, taggedUnion } from '../schema.ts';
import {
  type AgentMessage,
  acceptExecution,
  appendLogs,
  heartbeatAgent,
  pollAgent,
  releaseExecution,
  reportProgress,
  reportResult,
} from './agents.ts';

/**
 * `GET /api/v1/agents/connect` (WebSocket, `Authorization: Bearer <agent key>`): one socket per agent
 * that carries what the routes of agents.ts carry. A text frame is one JSON message or an array of them, a
 * binary frame one `logs` request as logs-frame.ts makes it.
 * `docs/guides/agent-protocol.md` tells the whole conversation.
 */
export const agentChannelUrl = '/api/v1/agents/connect';

/** Both sides say it in `hello`; it grows when an older side could misunderstand a newer one. */
export const agentChannelProtocol = 1;

/** Why a socket was closed. 1012 is the standard code of a service that restarts. */
export const agentChannelCloses = {
  restarting: 1012,
  /** A newer process or a newer socket of this agent has taken over. */
  superseded: 4001,
  /** Nothing was said for too long, or no hello came. */
  silent: 4002,
  /** The agent may not work here any more; the problem before it says why. */
  refused: 4003,
  /** Too much lay unread. */
  slowReader: 4008,
} as const;

/** What answers a request carries its id; the agent counts from 1 on each socket. */
const requestId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

function request<const Name extends string, Properties extends TProperties>(
  type: Name,
  properties: Properties,
) {
  return strictObject({ id: requestId, type: Type.Literal(type), ...properties });
}

function aboutExecution<const Name extends string, Properties extends TProperties>(
  type: Name,
  properties: Properties,
) {
  return request(type, { ...acceptExecution.schema.params.properties, ...properties });
}

const poll = pollAgent.schema.body.properties;
const heartbeat = heartbeatAgent.schema.body.properties;

/** The first message on every socket: which process speaks. */
export const HelloRequest = request('hello', {
  protocol: Type.Integer({ minimum: 1 }),
  instanceId: poll.instanceId,
});

/**
 * What the agent could take on, as it was when it had handled every message up to `lastSeq`: offers
 * after that are subtracted by the marketplace. Said again whenever it changes.
 */
export const ReadyRequest = request('ready', {
  lastSeq: seq,
  wantsWork: Type.Boolean(),
  offer: poll.offer,
  freeDeviceIds: poll.freeDeviceIds,
  freeCpus: poll.freeCpus,
  freeMemoryBytes: poll.freeMemoryBytes,
  freeSlots: Type.Integer({ minimum: 0 }),
});
export type ReadyRequest = Static<typeof ReadyRequest>;

/** Answered like the route of the same name. */
export const AgentRequest = taggedUnion('type', [
  HelloRequest,
  ReadyRequest,
  request('heartbeat', {
    executions: heartbeat.executions,
    samples: heartbeat.samples,
    usage: heartbeat.usage,
  }),
  aboutExecution('accept', acceptExecution.schema.body.properties),
  aboutExecution('release', releaseExecution.schema.body.properties),
  aboutExecution('progress', reportProgress.schema.body.properties),
  aboutExecution('logs', appendLogs.schema.body.properties),
  aboutExecution('result', reportResult.schema.body.properties),
]);
export type AgentRequest = Static<typeof AgentRequest>;

export interface HelloReply {
  protocol: number;
  /** What else this marketplace understands; an older one says nothing of it. */
  takes?: readonly ('log-blocks' | 'log-bytes' | 'usage' | 'usage-numbers')[];
}

/** What the marketplace sends. Messages are numbered from 1 on each socket. */
export type ChannelMessage =
  | { type: 'reply'; id: number; body: unknown }
  /** `id` is null when the message that was wrong could not be read so far. */
  | { type: 'problem'; id: number | null; problem: Problem }
  | ({ seq: number } & AgentMessage);
