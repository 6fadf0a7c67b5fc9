import { type Static, type TObject, type TProperties, Type } from 'typebox';
import { type IdKind, idPattern } from './ids.ts';
import { amountPattern, type Money } from './money.ts';

/** An object that refuses unknown fields. Every object on the wire is one. */
export function strictObject<T extends TProperties>(
  properties: T,
  options: { $id?: string; description?: string } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/**
 * A union told apart by one field. Written as JSON Schema's `oneOf` with a discriminator,
 * so that a wrong field is reported for the branch that was meant and not for all of them.
 */
export function taggedUnion<const T extends readonly TObject[]>(tag: string, branches: T) {
  return Type.Unsafe<Static<T[number]>>({
    type: 'object',
    required: [tag],
    discriminator: { propertyName: tag },
    oneOf: branches,
  });
}

/** One of a closed list of words. */
export function oneOf<const T extends string>(values: readonly T[], description?: string) {
  return Type.Unsafe<T>({
    type: 'string',
    enum: [...values],
    ...(description === undefined ? {} : { description }),
  });
}

export function nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export function id(kind: IdKind) {
  return Type.String({ pattern: idPattern(kind), description: `Id of kind ${kind}` });
}

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = Type.String({
  format: 'date-time',
  description: 'RFC 3339, UTC',
});

export const MoneySchema = Type.Unsafe<Money>(
  strictObject({
    amount: Type.String({
      pattern: amountPattern,
      description: 'Decimal string in whole units, such as "0.001"',
    }),
    asset: oneOf(['SOL', 'USDC']),
  }),
);

/** Base58 of 32 bytes. Whether it is a real key is checked by the service. */
export const WalletAddress = Type.String({
  pattern: '^[1-9A-HJ-NP-Za-km-z]{32,44}$',
  description: 'Solana address, base58',
});

const dayMs = 86_400_000;
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
/** The day of the last timestamp, and how it is written: the next one is of the same day as a rule. */
let lastDay = Number.NaN;
let lastDate = '';

/** What `Date` writes, in a third of its time. Throws a RangeError where that does. */
export function toTimestamp(ms: number): string {
  const wholeMs = Math.trunc(ms);
  const day = Math.floor(wholeMs / dayMs);
  if (day !== lastDay) {
    lastDate = new Date(day * dayMs).toISOString().slice(0, -'00:00:00.000Z'.length);
    lastDay = day;
  }
  const msOfDay = wholeMs - day * dayMs;
  const sec = Math.floor(msOfDay / 1_000);
  const min = Math.floor(sec / 60);
  const clock = `${twoDigits[Math.floor(min / 60)]}:${twoDigits[min % 60]}:${twoDigits[sec % 60]}`;
  return `${lastDate}${clock}.${String(1_000 + (msOfDay % 1_000)).slice(1)}Z`;
}
