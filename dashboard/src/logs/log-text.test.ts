import { describe, expect, it } from 'vitest';
import {
  applyBackspaces,
  cleanLine,
  collapseReturns,
  plainText,
  stripControls,
} from './log-text.ts';

const esc = '\u001b';

describe('stripControls', () => {
  it.each([
    ['colours stay', `${esc}[1;31mred${esc}[0m`, `${esc}[1;31mred${esc}[0m`],
    ['cursor moves go', `a${esc}[2Ab${esc}[10;5Hc`, 'abc'],
    ['private modes go', `${esc}[?25lhidden cursor${esc}[?25h`, 'hidden cursor'],
    ['a private m is no colour', `${esc}[>4;2mx`, 'x'],
    ['window titles go', `${esc}]0;evil title\u0007text`, 'text'],
    ['hyperlinks keep their text', `${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`, 'link'],
    ['device strings go', `${esc}Pq#0;2${esc}\\after`, 'after'],
    ['bells and nulls go', 'a\u0007b\u0000c\u007f', 'abc'],
    ['text direction can not be turned', 'abc\u202edef\u2066', 'abcdef'],
    ['erasing the line acts as a return', `old${esc}[2Knew`, 'old\rnew'],
    ['going to column 1 acts as a return', `old${esc}[Gnew${esc}[1G`, 'old\rnew\r'],
    ['tabs, returns and backspaces stay', 'a\tb\rc\b', 'a\tb\rc\b'],
    ['a lone escape goes', `a${esc}`, 'a'],
  ])('%s', (_name, text, expected) => {
    expect(stripControls(text)).toBe(expected);
  });
});

describe('collapseReturns', () => {
  it.each([
    ['plain', 'plain'],
    ['10%\r50%\r100%', '100%'],
    ['10%\r50%\r', '50%\r'],
    ['windows line\r', 'windows line\r'],
    ['\r', ''],
    [`bar\r${esc}[0m`, 'bar'],
  ])('%j becomes %j', (text, expected) => {
    expect(collapseReturns(text)).toBe(expected);
  });
});

describe('applyBackspaces', () => {
  it('takes back one character each, but never a return', () => {
    expect(applyBackspaces('|\b/\b-')).toBe('-');
    expect(applyBackspaces('done\r\b\bx')).toBe('done\rx');
    expect(applyBackspaces('\b\bx')).toBe('x');
  });
});

describe('cleanLine', () => {
  it('is bounded', () => {
    expect(cleanLine('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });

  it('collapses a progress bar drawn with cursor sequences', () => {
    expect(cleanLine(`${esc}[2K${esc}[1G 10%${esc}[2K${esc}[1G 20%`, 100)).toBe(' 20%');
  });
});

describe('plainText', () => {
  it('has neither colours nor a trailing return', () => {
    expect(plainText(`${esc}[32mok${esc}[0m\r`)).toBe('ok');
  });
});
