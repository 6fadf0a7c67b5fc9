import { MarketError } from '@node3/shared/error';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it, vi } from 'vitest';
import type { ApiKeyRow } from '../store/rows.ts';
import { newKeyRow } from '../store/testing/agent-rows.ts';
import { KeyHolders } from './key-holders.ts';

const owner = { kind: 'account' as const, accountId: 'acc_1' };
const row = newKeyRow('key_1', '', owner, 0);

function holdersOf(found: ApiKeyRow | null | MarketError) {
  const clock = new ManualClock();
  let stored = found;
  const apiKey = async () => {
    if (stored instanceof MarketError) throw stored;
    return stored;
  };
  const holders = new KeyHolders({ clock, store: { apiKey } });
  const hold = (keyId = 'key_1') => {
    const { promise: ended, resolve } = Promise.withResolvers<MarketError>();
    const leave = holders.hold('acc_1', keyId, resolve);
    return { ended, leave };
  };
  const replace = (row: ApiKeyRow) => {
    stored = row;
  };
  return { clock, holders, hold, replace };
}

describe('what is open under a key', () => {
  it('ends when the key does that was replaced while it was open', async () => {
    const { clock, holders, hold, replace } = holdersOf(row);
    const { ended } = hold();
    replace({ ...row, expiresAtMs: clock.nowMs() + 20 });
    holders.expire('acc_1', 'key_1', clock.nowMs() + 20);
    clock.advance(20);
    expect(await ended).toMatchObject({ code: 'AUTH_INVALID' });
  });

  it('ends at once when the key was revoked since it was checked', async () => {
    const { hold } = holdersOf({ ...row, revokedAtMs: 1 });
    expect(await hold().ended).toMatchObject({ code: 'AUTH_INVALID' });
    expect(await holdersOf(null).hold().ended).toMatchObject({ code: 'AUTH_INVALID' });
  });

  it('ends with another reason when nobody can tell whether the key works', async () => {
    const { hold } = holdersOf(new MarketError('STORE_UNAVAILABLE'));
    expect(await hold().ended).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('is not ended once it has left, nor with another key', async () => {
    const { holders, hold } = holdersOf(row);
    const [left, other] = [hold(), hold('key_2')];
    left.leave();
    holders.endKey('acc_1', 'key_1');
    const nothing = new Promise((resolve) => setImmediate(resolve, 'nothing'));
    expect(await Promise.race([left.ended, other.ended, nothing])).toBe('nothing');
  });

  it('is looked at again in pages, however much there is', async () => {
    const { clock, reads } = { clock: new ManualClock(), reads: { open: 0, most: 0, all: 0 } };
    async function apiKey(keyId: string) {
      reads.open += 1;
      reads.all += 1;
      reads.most = Math.max(reads.most, reads.open);
      await new Promise((resolve) => setImmediate(resolve));
      reads.open -= 1;
      return { ...row, keyId };
    }
    const holders = new KeyHolders({ clock, store: { apiKey } });
    const end = () => expect.unreachable();
    for (let one = 0; one < 1_000; one += 1) holders.hold(`acc_${one}`, `key_${one}`, end);
    await vi.waitFor(() => expect(reads.open).toBe(0), 20_000);
    Object.assign(reads, { most: 0, all: 0 });
    await holders.recheck(null);
    expect(reads).toEqual({ open: 0, most: 200, all: 1_000 });
  });
});
