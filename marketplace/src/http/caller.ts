import type { Actor } from '@node3/shared/events';

/** Who a request turned out to come from. */
export interface Caller {
  actor: Actor;
  accountId: string | null;
  keyId: string | null;
}

const callers = new WeakMap<object, Caller>();

/** @param request whatever the key came with: a request, or the upgrade of a socket. */
export function noteCaller(request: object, caller: Caller): void {
  callers.set(request, caller);
}

/** null for who was let in as nobody in particular. */
export function callerOf(request: object): Caller | null {
  return callers.get(request) ?? null;
}
