import type { ChannelCall } from '@node3/agent/marketplace-link/channel-calls';
import type { AskOf, OperationName } from '@node3/marketplace/testing/sim/operations';
import { MarketError } from '@node3/shared/error';
import type { JobSpec } from '@node3/shared/job-spec';
import type { ExecutionOffer } from '@node3/shared/routes/agents';

/** An answer that asking again can't change. */
export function isDefinite(error: unknown): boolean {
  return error instanceof MarketError && error.status < 500 && error.status !== 429;
}

interface Work {
  pullMs: number;
  runMs: number;
  exitCode: number;
  limitMs: number;
}

/** What the requester wrote into the labels, for whoever runs it. */
export function workOf(offer: ExecutionOffer): Work {
  const { labels, limits: runLimits } = offer.spec as JobSpec;
  return {
    pullMs: Number(labels['sim/pull-ms']),
    runMs: Number(labels['sim/run-ms']),
    exitCode: Number(labels['sim/exit-code']),
    limitMs: runLimits.runSec * 1_000,
  };
}

/** The same request as a message on the socket; null for what goes over HTTP only. */
export function channelCallOf(name: OperationName, ask: object): ChannelCall | null {
  const { agentId: _agentId, body, fence, ...rest } = ask as AskOf<'result'> & { body?: object };
  if (name === 'heartbeat') {
    const { instanceId: _instanceId, ...fields } = body as AskOf<'heartbeat'>['body'];
    return { type: 'heartbeat', fields };
  }
  if (fence === undefined || !routed.has(name)) return null;
  return { type: name as ChannelCall['type'], fields: { ...rest, ...fence } };
}

const routed = new Set<OperationName>(['accept', 'release', 'progress', 'logs', 'result']);
