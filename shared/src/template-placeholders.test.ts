import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fillPlaceholders, keepNames, namesIn } from './template-placeholders.ts';

const never = (name: string) => `filled ${name}`;

it('fills no name with a backslash before it, and takes one backslash away', () => {
  expect(fillPlaceholders(String.raw`{{x}} \{{x}} \\{{x}}`, never)).toBe(
    String.raw`filled x {{x}} \{{x}}`,
  );
});

it('keeps what has a backslash already, also where other names are filled', () => {
  const kept = keepNames(String.raw`re.compile(r"\{{id}}") {{who}}`, new Set());
  expect(fillPlaceholders(kept, never)).toBe(String.raw`re.compile(r"\{{id}}") filled who`);
});

it('gives any text back in which all names are kept', () => {
  const parts = fc.constantFrom('\\', '{', '}', '{{', '}}', ' ', 'x', '{{x}}', '{{ y }}', '\n');
  const texts = fc.oneof(
    fc.string(),
    fc.array(parts).map((found) => found.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const kept = keepNames(text, new Set(namesIn(text)));
      expect(namesIn(kept)).toEqual([]);
      expect(fillPlaceholders(kept, never)).toBe(text);
    }),
  );
});
