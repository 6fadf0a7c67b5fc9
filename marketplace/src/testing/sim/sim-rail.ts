import { FakePaymentRail } from '../../payments/fake/fake-payment-rail.ts';
import type { PaymentRail, SignRequest } from '../../payments/payment-rail.ts';
import { type Counts, count } from '../counter.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SwarmFaults } from './faults.ts';
import type { StoreLife } from './sim-store.ts';
import type { VirtualTime } from './virtual-time.ts';

const slotMs = 400;
const finalityMs = 12_000;

/** The chain: outlives every process, and remembers by itself who was paid how often. */
export class SimChain {
  readonly rail = new FakePaymentRail();
  /** How often each payout landed. */
  readonly landed = new Map<string, number>();
  readonly #requests = new Map<string, SignRequest>();
  readonly #seen = new Set<string>();
  readonly #random: SeededRandom;
  readonly #faults: SwarmFaults;
  readonly #counts: Counts;
  #calm = false;

  constructor(
    time: VirtualTime,
    { random, faults, counts }: { random: SeededRandom; faults: SwarmFaults; counts: Counts },
  ) {
    this.#random = random;
    this.#faults = faults;
    this.#counts = counts;
    const finalise = () => {
      this.rail.advanceBlocks(finalityMs / slotMs);
      this.rail.settle();
      time.after(finalityMs, finalise, time.world);
    };
    time.after(finalityMs, finalise, time.world);
  }

  calm(): void {
    this.#calm = true;
  }

  /** The rail as one process has it. */
  railOf(life: StoreLife): PaymentRail {
    const { rail } = this;
    return {
      treasury: rail.treasury,
      receiptAddress: (seed) => rail.receiptAddress(seed),
      recallSigned: () => rail.recallSigned(),
      plan: (request) => rail.plan(request),
      sign: async (request) => {
        const result = await rail.sign(request);
        if ('signed' in result) this.#requests.set(result.signed.signature, request);
        return result;
      },
      send: async (raw) => {
        life.reach('before send');
        await this.#send(raw);
        life.reach('after send');
      },
      observe: (request) => rail.observe(request),
      fate: (request) => rail.fate(request),
      isGone: (request) => rail.isGone(request),
      treasuryHistory: (after) => rail.treasuryHistory(after),
      isSignedByTreasury: (signature) => rail.isSignedByTreasury(signature),
      readPayment: (request) => rail.readPayment(request),
    };
  }

  async #send(raw: Uint8Array): Promise<void> {
    if (!this.#calm && this.#random.chance(this.#faults.chainDrop)) {
      count(this.#counts, 'transactions lost');
      return;
    }
    await this.rail.send(raw);
    const signature = Buffer.from(raw).toString();
    const request = this.#requests.get(signature);
    if (request?.kind !== 'pay' || this.#seen.has(signature)) return;
    const { progress } = await this.rail.observe({ receiptAddresses: [], signatures: [signature] });
    if (progress.get(signature)?.failed !== false) return;
    this.#seen.add(signature);
    for (const { payoutId } of request.payouts) {
      this.landed.set(payoutId, (this.landed.get(payoutId) ?? 0) + 1);
    }
  }
}
