import { randomBytes } from 'node:crypto';
import type { Offer } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { AgentMessage, ExecutionOffer } from '@node3/shared/routes/agents';
import type { BenchJob, Producer, WorkerEvents } from './load-process.ts';
import { WireClient } from './wire-client.ts';

/** Where our own marketplace is, and as whom it is called. */
export interface MarketTarget {
  kind: 'market';
  url: string;
  requesterKey: string;
  agentKeys: string[];
}

const connections = 64;

export async function produceForMarket(target: MarketTarget): Promise<Producer> {
  const client = new WireClient(target.url, connections, bearer(target.requesterKey));
  return {
    async put(job) {
      const { status, body } = await client.post('/api/v1/jobs', jobBody(job));
      if (status !== 201) throw new Error(`a job was refused: ${body}`);
    },
  };
}

function bearer(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

/** A job as a requester writes it, of about 480 bytes. */
export function jobBody({ sentAtMs, padding }: BenchJob): string {
  return JSON.stringify({
    workload: {
      kind: 'container',
      command: ['echo', 'hi'],
      env: { SENT_AT: String(sentAtMs), PADDING: padding },
    },
    price: { kind: 'fixed', reward: { amount: '0.000001', asset: 'SOL' } },
  });
}

/** A machine that never is what a match waits for. */
export const benchOffer: Offer = {
  devices: [],
  isolation: 'container',
  nativeAllowed: false,
  arch: 'x64',
  cpus: 4_096,
  memoryBytes: limits.memoryBytesMax,
  diskBytes: limits.diskBytesMax,
  slots: limits.executionsPerAgent,
};

/** Agents over the long poll: each takes, accepts and ends jobs at once, without running them. */
export async function workForMarket(target: MarketTarget, events: WorkerEvents): Promise<void> {
  for (const apiKey of target.agentKeys) {
    const client = new WireClient(target.url, 8, bearer(apiKey));
    void pollForEver(client, events);
  }
}

async function pollForEver(client: WireClient, events: WorkerEvents): Promise<void> {
  const instanceId = randomBytes(16).toString('hex');
  for (;;) {
    const claimId = randomBytes(16).toString('hex');
    const { status, body } = await client.post(
      '/api/v1/agents/me/poll',
      JSON.stringify({
        instanceId,
        claimId,
        waitSec: 20,
        offer: benchOffer,
        freeDeviceIds: [],
        freeCpus: benchOffer.cpus,
        freeMemoryBytes: benchOffer.memoryBytes,
      }),
    );
    if (status !== 200) throw new Error(`a poll was refused: ${body}`);
    const { messages } = JSON.parse(body) as { messages: AgentMessage[] };
    for (const message of messages) {
      if (message.type !== 'offer') continue;
      events.started(sentAtOf(message));
      void finish(client, message, events);
    }
  }
}

export function sentAtOf({ spec }: ExecutionOffer): number {
  const { workload } = spec as { workload: { env: { SENT_AT: string } } };
  return Number(workload.env.SENT_AT);
}

export function resultOf({ attempt, leaseToken }: ExecutionOffer) {
  const result = {
    outcome: 'succeeded',
    reason: 'exited',
    detail: null,
    exitCode: 0,
    runMs: 1,
    started: true,
    peakMemoryBytes: null,
    isolation: null,
    imageDigest: null,
    logLines: 0,
  };
  return { attempt, leaseToken, result };
}

async function finish(
  client: WireClient,
  offer: ExecutionOffer,
  events: WorkerEvents,
): Promise<void> {
  const { executionId, attempt, leaseToken } = offer;
  const path = `/api/v1/executions/${executionId}`;
  const accepted = await client.post(`${path}/accept`, JSON.stringify({ attempt, leaseToken }));
  const ended = await client.post(`${path}/result`, JSON.stringify(resultOf(offer)));
  if (accepted.status !== 200 || ended.status !== 200) {
    throw new Error(`a report was refused: ${accepted.body} ${ended.body}`);
  }
  events.completed();
}
