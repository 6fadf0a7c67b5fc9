import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { Type as Plain } from './plain-schemas.ts';

/** One schema of each kind that `shared` has, by whichever factories. */
function schemasBy(factories: typeof Type) {
  const word = factories.String({ pattern: '^[a-z]+$', description: 'A word' });
  const base = factories.Object(
    {
      name: word,
      count: factories.Optional(factories.Integer({ minimum: 0 })),
      price: factories.Number(),
      on: factories.Boolean(),
      kind: factories.Literal('job'),
      seven: factories.Literal(7),
      one: factories.Enum(['a', 'b']),
      maybe: factories.Union([word, factories.Null()]),
      list: factories.Array(word, { maxItems: 3 }),
      raw: factories.Unsafe({ type: 'string', enum: ['x'] }),
      any: factories.Unknown(),
    },
    { additionalProperties: false },
  );
  return {
    base,
    spread: factories.Object({ ...base.properties, more: factories.Optional(word) }),
    optionalOnly: factories.Object({ more: factories.Optional(word) }),
    partial: factories.Partial(base, { additionalProperties: false }),
    byName: factories.Record(factories.String(), word),
    byPattern: factories.Record(word, factories.Integer(), { maxProperties: 4 }),
  };
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('plain schemas', () => {
  it('are the same JSON as the real ones', () => {
    const plain = schemasBy(Plain as unknown as typeof Type);
    expect(asJson(plain)).toEqual(asJson(schemasBy(Type)));
  });

  it('are there of every kind that shared uses', () => {
    const texts = import.meta.glob<string>('../../shared/src/**/*.ts', {
      query: '?raw',
      import: 'default',
      eager: true,
    });
    const used = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\bType\.([A-Z]\w+)/g)].map((match) => match[1] ?? ''),
    );
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((name) => !(name in Plain))).toEqual([]);
  });
});
