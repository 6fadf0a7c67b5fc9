import type { Requester } from './auth.ts';
import type { HttpDeps } from './http-deps.ts';

/** A stream ends as when the service stops, when the key that it was opened with ends. */
export function holdKey(
  { keyHolders, stopping }: Pick<HttpDeps, 'keyHolders' | 'stopping'>,
  { accountId, keyId }: Requester,
) {
  if (keyId === null) return { stopping, leave: () => undefined, hasEnded: () => false };
  const ended = new AbortController();
  const leave = keyHolders.hold(accountId, keyId, () => ended.abort());
  return {
    stopping: AbortSignal.any([stopping, ended.signal]),
    leave,
    /** Whether the key itself has ended. */
    hasEnded: () => ended.signal.aborted,
  };
}
