import { limits } from '@node3/shared/limits';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormAutomaton, type Places } from './form-automaton.ts';
import { secretForms } from './secret-forms.ts';
import { mask, TextMask } from './text-mask.ts';

const letters = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '☃'), minLength: 0, maxLength });
const forms = fc.array(letters(7), { maxLength: 12 });

/** What belongs to a form, character for character, by looking for each form at each place. */
function isFound(wanted: readonly string[], text: string): boolean[] {
  const found = Array.from(text, () => false);
  for (const form of wanted.filter((some) => some !== '')) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      found.fill(true, at, at + form.length);
    }
  }
  return found;
}

/** What may be shown of a text up to a place. */
function masked(wanted: readonly string[], text: string, end = text.length): string {
  const found = isFound(wanted, text);
  return Array.from(text.slice(0, end))
    .map((letter, at) => {
      if (found[at] !== true) return letter;
      return at > 0 && found[at - 1] === true ? '' : mask;
    })
    .join('');
}

/** How long the end of a text is that may be the beginning of a form. */
function openChars(wanted: readonly string[], text: string): number {
  const ends = Array.from(text).map((_, at) => text.slice(at));
  return (
    ends.find((end) => wanted.some((form) => form !== end && form.startsWith(end)))?.length ?? 0
  );
}

describe('forms in a text', () => {
  it('are found as by looking for each of them', () => {
    fc.assert(
      fc.property(forms, letters(60), (wanted, text) => {
        const automaton = new FormAutomaton(wanted);
        const places: Places = [];
        const state = automaton.scan(text, 0, places, 0);
        const found = Array.from(text, () => false);
        for (const [from, to] of places) found.fill(true, from, to);
        expect(found).toEqual(isFound(wanted, text));
        expect(automaton.openChars(state)).toBe(openChars(wanted, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are masked the same in one piece and in many', () => {
    fc.assert(
      fc.property(forms, fc.array(letters(9), { maxLength: 12 }), (wanted, pieces) => {
        const open = new TextMask(new FormAutomaton(wanted));
        let [shown, taken] = ['', ''];
        for (const piece of pieces) {
          shown += open.push(piece);
          taken += piece;
          const end = taken.length - openChars(wanted, taken);
          expect(shown).toBe(masked(wanted, taken, end));
        }
        expect(shown + open.end()).toBe(masked(wanted, taken));
        expect(open.push('a') + open.end()).toBe(masked(wanted, 'a'));
      }),
      { numRuns: 2_000 },
    );
  });

  const many = Array.from({ length: 4_600 }, (_, at) => at.toString(36).padStart(6, 'a'));
  it.each([
    ['one', ['correct-horse']],
    ['one in all places', ['a'.repeat(limits.secretValueChars)]],
    ['ten thousand', [many.join('\n')]],
    ['ten thousand with one beginning', [many.map((line) => `aaaaaa${line}`).join('\n')]],
  ])('take two steps a character at most: %s', (_name, values) => {
    const automaton = new FormAutomaton(values.flatMap(secretForms));
    for (const text of ['a'.repeat(100_000), many.join(''), 'aaaaaab'.repeat(10_000)]) {
      const open = new TextMask(automaton);
      const before = automaton.steps;
      for (let at = 0; at < text.length; at += 1_000) open.push(text.slice(at, at + 1_000));
      expect(automaton.steps - before).toBeGreaterThan(0);
      expect(automaton.steps - before).toBeLessThanOrEqual(2 * text.length);
    }
  });

  it('cost as many states as secrets may have bytes, and some for each of them', () => {
    const value = Array.from({ length: limits.secretValueChars }, (_, at) =>
      String.fromCharCode(33 + ((at * at + (at >> 3)) % 90)),
    ).join('');
    const { states } = new FormAutomaton(secretForms(value));
    expect(states).toBeLessThan(limits.secretValueChars * 36);
  });
});
