import { describe, expect, it } from 'vitest';
import { createBoxKey, openBox, sealBox } from './sealed-box.ts';

describe('a sealed box', () => {
  const key = createBoxKey();
  const text = 'wörd of pass\n';

  it('opens with its key, where it belongs, and is never twice the same', () => {
    const box = sealBox(key.publicKey, 'exe_1', text);
    expect(openBox(key, 'exe_1', box)).toBe(text);
    expect(sealBox(key.publicKey, 'exe_1', text)).not.toBe(box);
    expect(Buffer.from(box, 'base64url').includes(text)).toBe(false);
  });

  it('opens with no other key, in no other place, and not once it was changed', () => {
    const box = sealBox(key.publicKey, 'exe_1', text);
    expect(() => openBox(createBoxKey(), 'exe_1', box)).toThrow();
    expect(() => openBox(key, 'exe_2', box)).toThrow();
    const bytes = Buffer.from(box, 'base64url');
    for (const at of [0, 31, 32, 43, 44, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => openBox(key, 'exe_1', changed.toString('base64url'))).toThrow();
    }
    for (const wrong of ['', 'AA', box.slice(0, 40)]) {
      expect(() => openBox(key, 'exe_1', wrong)).toThrow();
    }
  });

  it('is made for real keys only: not for one whose secrets anybody knows', () => {
    expect(() => sealBox('AAAA', 'exe_1', text)).toThrow(/32 bytes/);
    expect(() => sealBox(Buffer.alloc(32).toString('base64url'), 'exe_1', text)).toThrow();
  });
});
