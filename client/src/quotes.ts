import type { Budget, Hold } from './budget.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import type { Money, MoneyInput } from './money.ts';
import type { JobPrice, JobSpec } from './types/job-spec.ts';
import type { Quote } from './types/matching.ts';

/** `node3.quotes`: prices before anything is posted. Needs no key. */
export class Quotes {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * What a job costs at most, who could run it and when. Firm until `expiresAt` for `jobs.create` with
   * `quote`. What nobody can run is quoted too: `availability.agentsMatching` is 0 then, and posting it
   * is refused.
   */
  create(spec: JobSpec, options?: CallOptions): Promise<Quote> {
    // Asking twice makes two quotes, and none costs anything.
    const call = { method: 'POST', path: '/api/v1/quotes', body: spec, repeat: 'any' } as const;
    return this.#transport.json({ ...call, options });
  }
}

/** The part of a quote that a job is posted with. */
export type FirmQuote = Pick<Quote, 'quoteId' | 'total'>;

/** What may be spent on a call, beside the budget of the client. */
export interface CostOptions {
  /** The most that a job may cost, fee included. It is refused before it is posted, with BudgetError. */
  maxCost?: MoneyInput;
}

/** Prices jobs before they are posted, where somebody has set a limit. */
export class CostGuard {
  readonly #budget: Budget;
  readonly #quotes: Quotes;

  constructor(budget: Budget, quotes: Quotes) {
    this.#budget = budget;
    this.#quotes = quotes;
  }

  isNeeded({ maxCost }: CostOptions): boolean {
    return maxCost !== undefined || this.#budget.isSet;
  }

  /**
   * What one job costs at most, set aside, and the quote that makes the marketplace keep to it.
   * Rejects with BudgetError, and as quoting does.
   */
  async forJob(spec: JobSpec, options: CostOptions & CallOptions & { quote?: FirmQuote }) {
    const { quoteId, total } = options.quote ?? (await this.#quotes.create(spec, options));
    return { quoteId, hold: this.#budget.hold(total, options.maxCost) };
  }

  /** The same for jobs that are posted together, by their prices alone: what runs changes no price. */
  async forPrices(
    prices: readonly JobPrice[],
    options: CostOptions & CallOptions,
  ): Promise<Hold[]> {
    const known = new Map<string, Money>();
    const holds: Hold[] = [];
    try {
      for (const price of prices) {
        const text = JSON.stringify(price);
        const cost = known.get(text) ?? (await this.#costOf(price, options));
        known.set(text, cost);
        holds.push(this.#budget.hold(cost, options.maxCost));
      }
      return holds;
    } catch (error) {
      for (const hold of holds) hold.release();
      throw error;
    }
  }

  async #costOf(price: JobPrice, options: CallOptions): Promise<Money> {
    const spec: JobSpec = { workload: { kind: 'container' }, price };
    const { total } = await this.#quotes.create(spec, options);
    return total;
  }
}
