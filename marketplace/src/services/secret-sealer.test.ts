import { describe, expect, it } from 'vitest';
import { testDataKeys } from '../testing/test-keyring.ts';
import { createSecretSealer } from './secret-sealer.ts';

const sealer = createSecretSealer('the secret of a test', testDataKeys);

describe('a sealed value', () => {
  it('comes back in its own context only', () => {
    const sealed = sealer.seal('job:1', 'hunter2 ✓');
    expect(sealer.open('job:1', sealed)).toBe('hunter2 ✓');
    expect(sealed).not.toContain('hunter2');
    expect(() => sealer.open('job:2', sealed)).toThrow('can not be read');
    const other = createSecretSealer('the secret of a test', [
      { keyId: 'd-test', key: Buffer.alloc(32, 1) },
    ]);
    expect(() => other.open('job:1', sealed)).toThrow('can not be read');
  });

  it('is another text each time, while the digest stays', () => {
    expect(sealer.seal('a', 'x')).not.toBe(sealer.seal('a', 'x'));
    expect(sealer.digest('x')).toBe(sealer.digest('x'));
    expect(createSecretSealer('another', testDataKeys).digest('x')).not.toBe(sealer.digest('x'));
  });

  it.each([0, 4, 20, -1])('is refused when byte %i was changed', (at) => {
    const sealed = sealer.seal('a', 'hunter2');
    const head = sealed.slice(0, sealed.lastIndexOf('.') + 1);
    const bytes = Buffer.from(sealed.slice(head.length), 'base64url');
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    const forged = head + bytes.toString('base64url');
    expect(() => sealer.open('a', forged)).toThrow('can not be read');
    expect(() => sealer.open('a', sealed.slice(1))).toThrow('can not be read');
  });
});
