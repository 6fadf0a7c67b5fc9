import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lineBytes, lineWords, writeLine } from './chacha-line.ts';

describe('a line of memory', () => {
  it('is the ChaCha block of its key, with 20 rounds', () => {
    for (const [region, line] of [
      [0, 0],
      [0, 1],
      [71, 16_777_215],
      [4_095, 0xffffffff],
    ] as const) {
      const keyBytes = randomBytes(32);
      const nonce = Buffer.alloc(16);
      nonce.writeUInt32LE(line, 0);
      nonce.writeUInt32LE(region, 4);
      const expected = createCipheriv('chacha20', keyBytes, nonce).update(Buffer.alloc(lineBytes));
      const out = new Uint32Array(lineWords);
      const key = Uint32Array.from({ length: 8 }, (_, word) => keyBytes.readUInt32LE(word * 4));
      writeLine(key, 20, region, line, out);
      expect(Buffer.from(out.buffer)).toEqual(expected);
    }
  });
});
