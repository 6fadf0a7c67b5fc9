import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { amountPattern } from '../money.ts';
import { nullable, strictObject } from '../schema.ts';

/** What questions about the market have in common. */

/** One value of a field, and how many fit it beside all the other filters. */
const FacetValue = strictObject({
  value: nullable(Type.String({ description: 'null: nobody says' })),
  count: Type.Integer(),
});
export type FacetValue = Static<typeof FacetValue>;

export const Facet = Type.Array(FacetValue, {
  description: `Most first, at most ${limits.facetValuesMax}`,
});

/** One or several values with commas between them; any of them fits. */
export function anyOf(description: string) {
  return Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.filterValuesMax * 65,
      pattern: `^[^,\\u0000-\\u001f]+(,[^,\\u0000-\\u001f]+){0,${limits.filterValuesMax - 1}}$`,
      description: `${description}; or several, with commas`,
    }),
  );
}

/** One or several of a closed list of words. */
export function anyWord(words: readonly string[], description: string) {
  const one = `(${words.join('|')})`;
  return Type.Optional(
    Type.String({
      pattern: `^${one}(,${one}){0,${words.length - 1}}$`,
      description: `${description}: ${words.join(', ')}`,
    }),
  );
}

export function amount(description: string) {
  return Type.Optional(Type.String({ pattern: amountPattern, description }));
}

export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
  cursor: Type.Optional(Type.String({ maxLength: 256, description: 'From nextCursor' })),
};

export const searchText = Type.Optional(Type.String({ minLength: 1, maxLength: 128 }));
