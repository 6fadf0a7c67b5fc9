import type { Client } from '@node3/shared/client';
import type { Offer } from '@node3/shared/device';
import {
  type AgentMessage,
  acceptExecution,
  type ExecutionOffer,
  type ExecutionResult,
  pollAgent,
  reportProgress,
  reportResult,
} from '@node3/shared/routes/agents';
import { testOffer } from './test-marketplace.ts';

/** The agent's side of the protocol by hand, without an agent. */
export interface TestAgentCalls {
  poll(options?: { claimId?: string | null; waitSec?: number }): Promise<AgentMessage[]>;
  offer(): Promise<ExecutionOffer>;
  accept(offer: ExecutionOffer): Promise<void>;
  run(offer: ExecutionOffer): Promise<void>;
  report(offer: ExecutionOffer, result?: Partial<ExecutionResult>): ReturnType<typeof report>;
}

let claims = 0;

export function nextClaimId(): string {
  claims += 1;
  return `claim-${String(claims).padStart(16, '0')}`;
}

export const successResult: ExecutionResult = {
  outcome: 'succeeded',
  reason: 'exited',
  detail: null,
  exitCode: 0,
  runMs: 10,
  started: true,
  peakMemoryBytes: null,
  isolation: null,
  imageDigest: null,
  logLines: 0,
};

export function fenceOf(offer: ExecutionOffer) {
  return { attempt: offer.attempt, leaseToken: offer.leaseToken };
}

function report(client: Client, offer: ExecutionOffer, result: Partial<ExecutionResult>) {
  return client.call(reportResult, {
    params: { executionId: offer.executionId },
    body: { ...fenceOf(offer), result: { ...successResult, ...result } },
  });
}

export function testAgentCalls(
  client: Client,
  machine: Partial<Offer> = {},
  instanceId = 'instance-0000000001',
): TestAgentCalls {
  const offered = testOffer(machine);
  const calls: TestAgentCalls = {
    async poll({ claimId = nextClaimId(), waitSec = 0 } = {}) {
      const { messages } = await client.call(pollAgent, {
        body: {
          instanceId,
          claimId,
          waitSec,
          offer: offered,
          freeDeviceIds: offered.devices.map((device) => device.id),
          freeCpus: offered.cpus,
          freeMemoryBytes: offered.memoryBytes,
        },
      });
      return messages;
    },
    async offer() {
      const message = (await calls.poll({ waitSec: 10 })).find(({ type }) => type === 'offer');
      if (message?.type !== 'offer') throw new Error('no offer came');
      return message;
    },
    async accept(offer) {
      const params = { executionId: offer.executionId };
      await client.call(acceptExecution, { params, body: fenceOf(offer) });
    },
    async run(offer) {
      await calls.accept(offer);
      const params = { executionId: offer.executionId };
      await client.call(reportProgress, { params, body: { ...fenceOf(offer), phase: 'running' } });
    },
    report: (offer, result = {}) => report(client, offer, result),
  };
  return calls;
}
