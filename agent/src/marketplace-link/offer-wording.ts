import type { Asks, Offer } from '@node3/shared/device';
import { isMarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { assets, fromMoney, type Money } from '@node3/shared/money';

/** What older marketplaces do not know: they refuse the whole message. */
const newerFields = ['classAsks', 'reads'] as const;
type NewerField = (typeof newerFields)[number];

/**
 * Says an offer in the words that the marketplace at the other end knows. What it does not know it says
 * once for each connection: it may be another one after that.
 */
export class OfferWording {
  readonly #log: Logger;
  readonly #unknown = new Set<NewerField>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Whether one ask stands for all GPUs, however differently they ask. */
  get hasOneAsk(): boolean {
    return this.#unknown.has('classAsks');
  }

  fit(offer: Offer): Offer {
    const fitting = { ...offer };
    if (this.hasOneAsk && offer.classAsks !== undefined) fitting.asks = highestAsks(offer);
    for (const field of this.#unknown) delete fitting[field];
    return fitting;
  }

  /** @returns whether the refusal was for fields that the offer can do without: say it again. */
  learn(error: unknown, sent: Offer): boolean {
    const fields = newerFields.filter((each) => sent[each] !== undefined && isAbout(error, each));
    if (fields.length === 0) return false;
    for (const field of fields) this.#unknown.add(field);
    this.#log.info({ fields }, 'the marketplace does not know all fields of the offer');
    return true;
  }

  /** A new connection: whoever answers now may know more. */
  forget(): void {
    this.#unknown.clear();
  }
}

function isAbout(error: unknown, field: NewerField): boolean {
  if (!isMarketError(error, 'REQUEST_INVALID')) return false;
  const { errors } = error.context as { errors?: unknown };
  if (!Array.isArray(errors)) return false;
  return errors.some((each) => Object(each).pointer === `/offer/${field}`);
}

/** No GPU is sold below its ask; those that ask less may lose a job. */
function highestAsks({ asks, classAsks = {}, devices }: Offer): Asks {
  const each = devices.map(({ modelId }) =>
    modelId !== null && Object.hasOwn(classAsks, modelId) ? classAsks[modelId] : asks,
  );
  const highest: Asks = { SOL: null, USDC: null };
  for (const asset of assets) {
    for (const ask of each) highest[asset] = higher(highest[asset], ask?.[asset] ?? null);
  }
  return highest;
}

function higher(a: Money | null, b: Money | null): Money | null {
  if (a === null || b === null) return a ?? b;
  return fromMoney(a) < fromMoney(b) ? b : a;
}
