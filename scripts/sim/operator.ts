import { type Counts, count } from '@node3/marketplace/testing/counter';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { AskOf } from '@node3/marketplace/testing/sim/operations';
import { newOwner, type Owner } from '@node3/marketplace/testing/sim/owner';
import type { SimMarket } from '@node3/marketplace/testing/sim/sim-market';
import type { VirtualTime } from '@node3/marketplace/testing/sim/virtual-time';
import type { AgentMachine } from './agent-machine.ts';
import { isDefinite } from './agent-work.ts';

interface OperatorDeps {
  time: VirtualTime;
  market: SimMarket;
  machines: readonly AgentMachine[];
  counts: Counts;
}

type Order = AskOf<'order'>['order'];

/** Lets agents drain and shuts them out, and takes it back later. */
export class Operator {
  readonly #deps: OperatorDeps;
  readonly #owner: Owner = newOwner('operator');

  constructor(deps: OperatorDeps) {
    this.#deps = deps;
  }

  async strike(random: SeededRandom): Promise<void> {
    const { time, machines } = this.#deps;
    const { agentId } = random.pick(machines);
    const [order, back] = random.pick([
      ['drain', 'resume'],
      ['disable', 'enable'],
    ] as const);
    await this.#give(agentId, order);
    await time.sleep(random.pick([5_000, 30_000, 90_000]) * random.next(), this.#owner);
    await this.#give(agentId, back);
  }

  /** Everybody may work again. */
  async relent(): Promise<void> {
    for (const { agentId } of this.#deps.machines) {
      await this.#give(agentId, 'enable');
      await this.#give(agentId, 'resume');
    }
  }

  async #give(agentId: string, order: Order): Promise<void> {
    const { market, time, counts } = this.#deps;
    count(counts, `orders: ${order}`);
    for (;;) {
      try {
        await market.call(this.#owner, 'order', { agentId, order }, 10_000);
        return;
      } catch (error) {
        if (isDefinite(error)) return;
        await time.sleep(2_000, this.#owner);
      }
    }
  }
}
