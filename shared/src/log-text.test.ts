import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutToBytes,
  hasControls,
  hasControlsInLines,
  hasControlsInUtf8,
  splitOpenControl,
  withoutControls,
} from './log-text.ts';

describe('a line of a log', () => {
  it.each([
    ['plain täxt\twith\rtab', 'plain täxt\twith\rtab'],
    ['\u001b[31mred\u001b[0m', '\u001b[31mred\u001b[0m'],
    ['\u001b[38;2;1;2;3mtrue\u001b[m', '\u001b[38;2;1;2;3mtrue\u001b[m'],
    ['\u001b[2Jgone\u001b[H', 'gone'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]52;c;aGk=\u001b\\after', 'after'],
    ['\u009b31mred', 'red'],
    ['a\u0000b\u0008c\u007fd', 'abcd'],
    ['\u001b\u001b[2K[31m', '[31m'],
    ['\u001b[', ''],
  ])('%j becomes %j', (text, safe) => {
    expect(withoutControls(text, 'keep')).toBe(safe);
  });

  it('is looked through for every control character but tab and carriage return', () => {
    for (let code = 0; code < 0x3000; code += 1) {
      const text = String.fromCharCode(code);
      expect(hasControls(`a${text}b`)).toBe(/\p{Cc}/u.test(text) && !'\t\r'.includes(text));
    }
  });

  it('loses its colours where they are not wanted', () => {
    expect(withoutControls('\u001b[31mred\u001b[0m', 'drop')).toBe('red');
  });

  it('never keeps a control character outside of a colour, and is clean after one pass', () => {
    const pieces = fc.constantFrom(
      '\u001b',
      '[',
      ']',
      '31',
      'm',
      ';',
      'x',
      '\u009b',
      '\u0007',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const safe = withoutControls(parts.join(''), 'keep');
        expect(withoutControls(safe, 'keep')).toBe(safe);
        const bare = safe.split(/\p{Cc}\[[0-9;:]*m/u).join('');
        expect(bare).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('a line that goes on', () => {
  it.each([
    ['plain', '', ''],
    ['a\u001b', '\u001b', '[31mb'],
    ['a\u001b[3', '\u001b[3', '1mb'],
    ['a\u001b]0;ti', '\u001b]0;ti', 'tle\u0007b'],
    [`a\u001b]0;${'t'.repeat(99)}`, '\u001b]', 'tle\u0007b'],
    ['a\u001b[31mred', '', ''],
    ['a\u001b]0;title\u0007b', '', ''],
  ])('%j ends with the escape sequence %j', (text, open, rest) => {
    const [complete, found] = splitOpenControl(text);
    expect(found).toBe(open);
    const safe = withoutControls(complete, 'drop') + withoutControls(found + rest, 'drop');
    expect(safe).toBe(withoutControls(text + rest, 'drop'));
  });
});

describe('a cut', () => {
  it('keeps characters whole', () => {
    expect(cutToBytes('aé€😀', 4)).toBe('aé');
    expect(cutToBytes('aé€😀', 9)).toBe('aé€');
    expect(cutToBytes('abc', 3)).toBe('abc');
    expect(cutToBytes('\ufeffabc', 4)).toBe('\ufeffa');
  });
});

describe('lines as UTF-8', () => {
  it('have controls where their text has', () => {
    const unit = fc.constantFrom('a', '~', ' ', '\n', '\t', '\r', '\0', '\v', '\u001b', '\u007f');
    const wide = fc.constantFrom('\u0080', '\u009f', '\u00a0', '\u00bf', 'é', '€', '😀');
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(unit, wide), maxLength: 5 }), (text) => {
        expect(hasControlsInUtf8(Buffer.from(text))).toBe(hasControlsInLines(text));
      }),
      { numRuns: 1_000 },
    );
  });
});
