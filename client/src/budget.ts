import { BudgetError, OptionError } from './errors.ts';
import { type Asset, Money, type MoneyInput } from './money.ts';
import type { Job } from './types/job.ts';

/** Amounts by asset, as decimal strings. An asset that is left out may not be spent at all. */
export type Caps = Partial<Record<Asset, string>>;

/** What this client may spend at most, fees included. It ends with the client: caps of a key stay. */
export interface BudgetOptions {
  /** One job. */
  perJob?: Caps;
  /** All jobs that this client posts. A job that ended counts with what it was charged. */
  total?: Caps;
}

/** Money that is set aside for a job that is being posted. Whose fate is unknown keeps it. */
export interface Hold {
  /** It was posted: the money stays set aside until `Budget.note` hears what it was charged. */
  keep(jobId: string): void;
  /** It was refused. */
  release(): void;
}

/** Counts what a client commits itself to, and refuses what would be too much. */
export class Budget {
  readonly #perJob: Map<Asset, Money> | null;
  readonly #total: Map<Asset, Money> | null;
  readonly #committed = new Map<Asset, Money>();
  readonly #byJob = new Map<string, Money>();

  /** @throws OptionError for what is no amount. */
  constructor(options: BudgetOptions = {}) {
    this.#perJob = readCaps(options.perJob, 'budget.perJob');
    this.#total = readCaps(options.total, 'budget.total');
  }

  /** Whether there is anything to guard: then jobs are quoted before they are posted. */
  get isSet(): boolean {
    return this.#perJob !== null || this.#total !== null;
  }

  /** What ended jobs were charged, and what open ones may cost at most. */
  committed(asset: Asset): Money {
    return this.#committed.get(asset) ?? new Money(0n, asset);
  }

  /**
   * Sets money aside at once, so that calls that run side by side don't spend it twice.
   * @throws BudgetError and sets nothing aside.
   */
  hold(cost: Money, maxCost?: MoneyInput): Hold {
    if (maxCost !== undefined) check('call', cost, Money.from(maxCost));
    if (this.#perJob !== null) check('perJob', cost, this.#perJob.get(cost.asset) ?? null);
    if (this.#total !== null) check('total', cost, this.#left(cost.asset));
    this.#committed.set(cost.asset, this.committed(cost.asset).plus(cost));
    return {
      // Asked for by the same key again, a job is the one that counts already.
      keep: (jobId) => {
        if (this.#byJob.has(jobId)) this.#giveBack(cost);
        else this.#byJob.set(jobId, cost);
      },
      release: () => this.#giveBack(cost),
    };
  }

  /** Hears of a job: what an ended one was not charged is free again. */
  note(job: Job): void {
    const held = this.#byJob.get(job.jobId);
    const { charged } = job.settlement;
    if (held === undefined || charged === null) return;
    this.#byJob.delete(job.jobId);
    if (held.isMoreThan(charged)) this.#giveBack(held.minus(charged));
  }

  #left(asset: Asset): Money | null {
    const cap = this.#total?.get(asset);
    if (cap === undefined) return null;
    const used = this.committed(asset);
    return used.isMoreThan(cap) ? new Money(0n, asset) : cap.minus(used);
  }

  #giveBack(less: Money): void {
    this.#committed.set(less.asset, this.committed(less.asset).minus(less));
  }
}

/** Another asset than the cap's is too much: nobody said how much of it may be spent. */
function check(scope: BudgetError['scope'], needed: Money, limit: Money | null): void {
  if (limit === null || limit.asset !== needed.asset) throw new BudgetError(scope, needed, limit);
  if (needed.isMoreThan(limit)) throw new BudgetError(scope, needed, limit);
}

function readCaps(caps: Caps | undefined, field: string): Map<Asset, Money> | null {
  if (caps === undefined) return null;
  const entries = Object.entries(caps) as [Asset, string][];
  if (entries.length === 0)
    throw new OptionError(field, 'it names no asset; leave it out for no limit');
  return new Map(entries.map(([asset, amount]) => [asset, Money.parse(amount, asset)]));
}
