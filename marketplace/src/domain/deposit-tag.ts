/**
 * Memo tags: `d1:` and ten random Crockford characters with a check character. People copy them by
 * hand into an exchange's memo field, so that reading is lenient and a typing mistake is noticed.
 */
export const depositTagLength = 10;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const prefix = 'd1:';

/** Longer memos are not looked at: no wallet writes one, and its text is a stranger's. */
const memoLengthMax = 566;

/**
 * Horner's rule with 2 in GF(32) instead of 10 in the integers: any one wrong character and any two
 * that changed places give another result.
 */
function fold(digits: readonly number[]): number {
  return digits.reduce((sum, digit) => double(sum) ^ digit, 0);
}

/** Times x, modulo x⁵ + x² + 1. */
function double(value: number): number {
  const shifted = value << 1;
  return (shifted & 32) === 0 ? shifted : shifted ^ 0b100101;
}

/** A tag from random bytes, one per character. Throws when there are too few. */
export function depositTag(random: Uint8Array): string {
  const digits = Array.from(random.subarray(0, depositTagLength), (byte) => byte & 31);
  if (digits.length < depositTagLength) throw new Error('a tag needs ten random bytes');
  const check = double(fold(digits));
  return [...digits, check].map((digit) => alphabet.charAt(digit)).join('');
}

export function depositMemo(tag: string): string {
  return prefix + tag;
}

/** Every valid tag that a transaction's memos name, each once. */
export function tagsInMemos(memos: readonly string[]): string[] {
  const words = memos
    .filter((memo) => memo.length <= memoLengthMax)
    .flatMap((memo) => memo.split(/[\s,;|"']+/));
  return [...new Set(words.flatMap(readTag))];
}

function readTag(word: string): string[] {
  if (!word.toLowerCase().startsWith(prefix)) return [];
  const letters = word
    .slice(prefix.length)
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const digits = Array.from(letters, (letter) => alphabet.indexOf(letter));
  const valid = digits.length === depositTagLength + 1 && !digits.includes(-1);
  return valid && fold(digits) === 0 ? [letters] : [];
}
