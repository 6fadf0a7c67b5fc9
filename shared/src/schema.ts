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

export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
