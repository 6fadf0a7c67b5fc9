import { assert, nat, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depositMemo, depositTag, tagsInMemos } from './deposit-tag.ts';

const tags = uint8Array({ minLength: 10, maxLength: 10 }).map(depositTag);
const alphabet = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ');

describe('deposit tags', () => {
  it('are read back as they were made, however they are typed', () => {
    assert(
      property(tags, (tag) => {
        expect(tag).toMatch(/^[0-9A-HJKMNP-TV-Z]{11}$/);
        expect(tagsInMemos([depositMemo(tag)])).toEqual([tag]);
        const sloppy = `for me: D1:${tag.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} !`;
        expect(tagsInMemos([sloppy])).toEqual([tag]);
      }),
    );
  });

  it('never take one wrong character or two exchanged ones for another tag', () => {
    assert(
      property(tags, nat(10), nat(10), nat(31), (tag, i, j, letter) => {
        const letters = Array.from(tag);
        letters[i] = alphabet[letter] ?? '';
        const wrong = letters.join('');
        if (wrong !== tag) expect(tagsInMemos([depositMemo(wrong)])).toEqual([]);
        const exchanged = Array.from(tag);
        [exchanged[i], exchanged[j]] = [exchanged[j] ?? '', exchanged[i] ?? ''];
        const other = exchanged.join('');
        if (other !== tag) expect(tagsInMemos([depositMemo(other)])).toEqual([]);
      }),
    );
  });

  it('are found once each among other words, and not in what is too long', () => {
    const [one, two] = [depositTag(new Uint8Array(10)), depositTag(new Uint8Array(10).fill(7))];
    expect(tagsInMemos([`d1:${one} hello d1:${two}`, `d1:${one}`])).toEqual([one, two]);
    expect(tagsInMemos([`${'x'.repeat(600)} d1:${one}`, 'd1:', `d2:${one}`, 'd1:😀'])).toEqual([]);
    expect(() => depositTag(new Uint8Array(9))).toThrow('ten random bytes');
  });
});
