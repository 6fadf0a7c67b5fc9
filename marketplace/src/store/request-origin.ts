import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '@node3/shared/events';

/** Who asked for what is being done, for the audit log. */
export interface RequestOrigin {
  requestId: string;
  /** As exactly as the operator keeps addresses. */
  ip: string | null;
  actor: Actor | null;
  accountId: string | null;
  keyId: string | null;
}

const current = new AsyncLocalStorage<RequestOrigin>();

/**
 * Runs a request under its origin. The engines take it when a write is asked for, so that whatever
 * a write does is noted with who asked for it, in the same transaction, and no service can forget it.
 */
export function underOrigin<T>(origin: RequestOrigin, run: () => T): T {
  return current.run(origin, run);
}

/** null for what the marketplace does by itself. */
export function currentOrigin(): RequestOrigin | null {
  return current.getStore() ?? null;
}
