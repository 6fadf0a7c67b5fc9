import { OptionError } from './errors.ts';

/** What jobs are paid in. */
export type Asset = 'SOL' | 'USDC';

/** Money as it is written in JSON: a decimal string in whole units, such as `"0.001"`. */
export interface WireMoney {
  amount: string;
  asset: Asset;
}

/** Wherever money is given: what `usdc('0.5')` makes, or the same as plain JSON. */
export type MoneyInput = Money | WireMoney;

const decimals: Record<Asset, number> = { SOL: 9, USDC: 6 };
const grammar = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,9}))?$/;

/**
 * An exact amount. `baseUnits` is for sums and comparisons, `amount` for people, and as JSON it is what
 * the marketplace speaks. It never changes.
 */
export class Money implements WireMoney {
  /** Lamports (10^-9 SOL) or micro-USDC (10^-6 USDC). */
  readonly baseUnits: bigint;
  readonly asset: Asset;

  /** @throws OptionError for a negative number. */
  constructor(baseUnits: bigint, asset: Asset) {
    if (baseUnits < 0n) throw new OptionError('amount', `${baseUnits} is negative`);
    this.baseUnits = baseUnits;
    this.asset = asset;
  }

  /**
   * Reads a decimal string exactly.
   * @throws OptionError for what is no decimal, or has more digits than the asset.
   */
  static parse(amount: string, asset: Asset): Money {
    const found = grammar.exec(amount);
    const places = Object.hasOwn(decimals, asset) ? decimals[asset] : null;
    const fraction = found?.[2] ?? '';
    if (found === null || places === null || /[1-9]/.test(fraction.slice(places))) {
      const sample =
        'a decimal string such as "0.001", with 9 places at most for SOL and 6 for USDC';
      throw new OptionError('amount', `${amount} ${asset} is not ${sample}`);
    }
    const digits = (found[1] ?? '0') + fraction.slice(0, places).padEnd(places, '0');
    return new Money(BigInt(digits), asset);
  }

  /** Money of either form. */
  static from(money: MoneyInput): Money {
    return money instanceof Money ? money : Money.parse(money.amount, money.asset);
  }

  /** The shortest exact decimal string in whole units, such as `"1.5"`. */
  get amount(): string {
    const places = decimals[this.asset];
    const digits = String(this.baseUnits).padStart(places + 1, '0');
    const fraction = digits.slice(-places).replace(/0+$/, '');
    return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
  }

  /** @throws OptionError for another asset. */
  plus(other: MoneyInput): Money {
    return new Money(this.baseUnits + this.#same(other), this.asset);
  }

  /** @throws OptionError for another asset, or when less than nothing would be left. */
  minus(other: MoneyInput): Money {
    return new Money(this.baseUnits - this.#same(other), this.asset);
  }

  /** @throws OptionError for another asset, since there is no rate between them. */
  isMoreThan(other: MoneyInput): boolean {
    return this.baseUnits > this.#same(other);
  }

  /** What the marketplace speaks. */
  toJSON(): WireMoney {
    return { amount: this.amount, asset: this.asset };
  }

  /** Such as `1.5 USDC`. */
  toString(): string {
    return `${this.amount} ${this.asset}`;
  }

  #same(other: MoneyInput): bigint {
    const { baseUnits, asset } = Money.from(other);
    if (asset === this.asset) return baseUnits;
    throw new OptionError('asset', `${this.asset} and ${asset} can't be compared`);
  }
}

/** `usdc('0.5')`: an amount of USDC. @throws OptionError for what is no decimal of 6 places at most. */
export function usdc(amount: string): Money {
  return Money.parse(amount, 'USDC');
}

/** `sol('0.001')`: an amount of SOL. @throws OptionError for what is no decimal of 9 places at most. */
export function sol(amount: string): Money {
  return Money.parse(amount, 'SOL');
}

/** What strangers and programs wrote: money in there is theirs, and stays as it is. */
const opaque = new Set(['spec', 'output', 'context']);

/** Puts `Money` where an answer has `{amount, asset}`. */
export function withMoney(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMoney);
  if (typeof value !== 'object' || value === null) return value;
  if (isWireMoney(value)) return Money.from(value);
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([name, field]) => [name, opaque.has(name) ? field : withMoney(field)]),
  );
}

function isWireMoney(value: object): value is WireMoney {
  const { amount, asset } = value as Partial<WireMoney>;
  const isAsset = asset === 'SOL' || asset === 'USDC';
  return (
    isAsset && typeof amount === 'string' && Object.keys(value).length === 2 && grammar.test(amount)
  );
}
