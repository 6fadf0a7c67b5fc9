/** Memory is filled line by line: 64 bytes, one ChaCha block each. */
export const lineWords = 16;
export const lineBytes = lineWords * 4;

/**
 * Writes one line of a region: the ChaCha block (RFC 8439) of `key`, with the line as its counter and
 * the region as the first word of its nonce. Integers only, so every device gets the same bits. More
 * rounds than ChaCha's 20 are not for secrecy: they make a line dearer to compute than to remember.
 *
 * @param key 8 words.
 * @param rounds even.
 * @param out 16 words.
 */
export function writeLine(
  key: Uint32Array,
  rounds: number,
  region: number,
  line: number,
  out: Uint32Array,
): void {
  const start = startOf(key, region, line);
  out.set(start);
  for (let round = 0; round < rounds; round += 2) {
    quarterRound(out, 0, 4, 8, 12);
    quarterRound(out, 1, 5, 9, 13);
    quarterRound(out, 2, 6, 10, 14);
    quarterRound(out, 3, 7, 11, 15);
    quarterRound(out, 0, 5, 10, 15);
    quarterRound(out, 1, 6, 11, 12);
    quarterRound(out, 2, 7, 8, 13);
    quarterRound(out, 3, 4, 9, 14);
  }
  for (let word = 0; word < lineWords; word += 1) {
    out[word] = wordAt(out, word) + wordAt(start, word);
  }
}

/** ChaCha's quarter round on four words of `words`. */
export function quarterRound(words: Uint32Array, a: number, b: number, c: number, d: number): void {
  let first = wordAt(words, a);
  let second = wordAt(words, b);
  let third = wordAt(words, c);
  let fourth = wordAt(words, d);
  first = (first + second) | 0;
  fourth = rotate(fourth ^ first, 16);
  third = (third + fourth) | 0;
  second = rotate(second ^ third, 12);
  first = (first + second) | 0;
  fourth = rotate(fourth ^ first, 8);
  third = (third + fourth) | 0;
  second = rotate(second ^ third, 7);
  words[a] = first;
  words[b] = second;
  words[c] = third;
  words[d] = fourth;
}

function startOf(key: Uint32Array, region: number, line: number): Uint32Array {
  const start = new Uint32Array(lineWords);
  start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  start.set(key, 4);
  start.set([line, region], 12);
  return start;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function wordAt(words: Uint32Array, index: number): number {
  return words[index] as number;
}
