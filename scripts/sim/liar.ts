import { type Counts, count } from '@node3/marketplace/testing/counter';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { AgentMachine } from './agent-machine.ts';

interface LiarDeps {
  market: SimMarket;
  random: SeededRandom;
  machines: readonly AgentMachine[];
  /** Every offer that was ever made, to whomever. */
  offers: readonly { machine: AgentMachine; offer: ExecutionOffer }[];
  counts: Counts;
}

const otherResult: ExecutionResult = {
  outcome: 'succeeded',
  reason: 'exited',
  detail: 'something else',
  exitCode: 0,
  runMs: 1,
  started: true,
  peakMemoryBytes: null,
  isolation: null,
  imageDigest: null,
  logLines: 0,
};

/**
 * Says what nobody may say: with the token of another agent, for another attempt, with a made-up
 * token, or about an execution that is over. Nothing of it may be believed.
 */
export class Liar {
  readonly #deps: LiarDeps;
  readonly #owner: Owner = newOwner('liar');

  constructor(deps: LiarDeps) {
    this.#deps = deps;
  }

  async lie(): Promise<void> {
    const { market, random, machines, offers, counts } = this.#deps;
    if (offers.length === 0) return;
    const { machine, offer } = random.pick(offers);
    const { executionId, attempt, leaseToken } = offer;
    const others = machines.filter((other) => other !== machine);
    const lie = random.pick(['other agent', 'other attempt', 'other token', 'over'] as const);
    const speaker = lie === 'other agent' ? (others.at(-1) ?? null) : machine;
    const isOver = machine.journal.find(executionId)?.closed != null;
    if (speaker === null || (lie === 'over' && !isOver)) return;
    count(counts, `lies: ${lie}`);
    const fence = {
      attempt: lie === 'other attempt' ? attempt + random.pick([-1, 1, 2]) : attempt,
      leaseToken: lie === 'other token' ? `${leaseToken.slice(0, -1)}-` : leaseToken,
    };
    const ask = { agentId: speaker.agentId, executionId, fence };
    const lines = [{ stream: 'stdout' as const, atMs: 0, text: 'not true', partial: false }];
    const speak = random.pick([
      () => market.call(this.#owner, 'accept', ask, 5_000),
      () => market.call(this.#owner, 'release', ask, 5_000),
      () => market.call(this.#owner, 'progress', { ...ask, phase: 'running' }, 5_000),
      () => market.call(this.#owner, 'logs', { ...ask, seqFirst: 1, lines }, 5_000),
      () => market.call(this.#owner, 'result', { ...ask, result: otherResult }, 5_000),
      () => this.#heartbeat(speaker, { executionId, ...fence }),
    ]);
    // Whether it was believed, the witness tells.
    await speak().catch(() => undefined);
  }

  async #heartbeat(
    { agentId, process }: AgentMachine,
    claim: { executionId: string; attempt: number; leaseToken: string },
  ) {
    if (process === null) return;
    const body = { instanceId: process.instanceId, executions: [claim], samples: [] };
    await this.#deps.market.call(this.#owner, 'heartbeat', { agentId, body }, 5_000);
  }
}
