import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { KeyStore } from '../store/key-store.ts';
import { isWorkingKey } from './api-key.ts';

/**
 * A key that was revoked spends nothing any more, by what it set going neither. The operator's key,
 * null, always works. Throws AUTH_INVALID with `detail`.
 */
export async function assertKeyWorks(
  { store, clock }: { store: Pick<KeyStore, 'apiKey'>; clock: Clock },
  keyId: string | null,
  detail: string,
): Promise<void> {
  if (keyId === null) return;
  const key = await store.apiKey(keyId);
  if (key !== null && isWorkingKey(key, clock.nowMs())) return;
  throw new MarketError('AUTH_INVALID', { detail });
}
