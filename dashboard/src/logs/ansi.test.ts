import { describe, expect, it } from 'vitest';
import { styleParts } from './ansi.ts';

const esc = '\u001b';

describe('styleParts', () => {
  it('leaves text without colours alone, markup included', () => {
    expect(styleParts('<b>&amp;</b>')).toEqual([
      { text: '<b>&amp;</b>', className: '', color: null, background: null },
    ]);
  });

  it('names the sixteen colours and the decorations', () => {
    const parts = styleParts(`a${esc}[1;31mb${esc}[0m${esc}[42mc${esc}[0m${esc}[94md`);
    expect(parts.map(({ text, className }) => [text, className])).toEqual([
      ['a', ''],
      ['b', 'ansi-bold ansi-red'],
      ['c', 'ansi-green-bg'],
      ['d', 'ansi-bright-blue'],
    ]);
  });

  it('turns palette and true colours into CSS colours', () => {
    expect(styleParts(`${esc}[38;5;208mx`)[0]?.color).toBe('rgb(255 135 0)');
    expect(styleParts(`${esc}[38;5;244mx`)[0]?.color).toBe('rgb(128 128 128)');
    expect(styleParts(`${esc}[48;2;1;2;3mx`)[0]?.background).toBe('rgb(1 2 3)');
  });
});
