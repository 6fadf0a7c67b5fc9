import { limits } from '@node3/shared/limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import type { ApiKeyRow } from '../store/rows.ts';
import { newKeyRow } from '../store/testing/agent-rows.ts';
import { KnownKeys } from './known-keys.ts';

const owner = { kind: 'account' as const, accountId: 'acc_1' };
const rowOf = (keyHash: string, expiresAtMs: number | null = null): ApiKeyRow => ({
  ...newKeyRow(`key_${keyHash}`, keyHash, owner, 0),
  expiresAtMs,
});

function keysWith(row: ApiKeyRow) {
  const clock = new ManualClock();
  const keys = new KnownKeys(clock);
  keys.keep(row, 'acc_1', keys.changes);
  return { clock, keys };
}

describe('keys that were found good', () => {
  it('are known for a second', () => {
    const { clock, keys } = keysWith(rowOf('a'));
    expect(keys.find('a')).toMatchObject({ accountId: 'acc_1', keyId: 'key_a' });
    expect(keys.find('b')).toBeNull();
    clock.advance(limits.keyKnownMs - 1);
    expect(keys.find('a')).not.toBeNull();
    clock.advance(1);
    expect(keys.find('a')).toBeNull();
  });

  it('are not known any more when they end, nor when one was revoked', () => {
    const clock = new ManualClock();
    const ending = keysWith(rowOf('a', clock.nowMs() + 5));
    ending.clock.advance(5);
    expect(ending.keys.find('a')).toBeNull();
    const { keys } = keysWith(rowOf('a'));
    keys.forget();
    expect(keys.find('a')).toBeNull();
  });

  it('are not kept when one was revoked while they were read', () => {
    const keys = new KnownKeys(new ManualClock());
    const { changes } = keys;
    keys.forget();
    keys.keep(rowOf('a'), 'acc_1', changes);
    expect(keys.find('a')).toBeNull();
  });

  it('are so many at most, the latest ones', () => {
    const { keys } = keysWith(rowOf('first'));
    for (let index = 0; index < limits.keysKnown; index += 1) {
      keys.keep(rowOf(String(index)), 'acc_1', keys.changes);
    }
    expect(keys.find('first')).toBeNull();
    expect(keys.find('0')).not.toBeNull();
  });
});
