import type { Actor } from '@node3/shared/events';

/** Who a request turned out to come from. */
export interface Caller {
  actor: Actor;
  accountId: string | null;
  keyId: string | null;
}

/** A place in the request itself: looking into a weak map for each takes several times as long. */
const callerKey = Symbol('caller');

interface WithCaller {
  [callerKey]?: Caller;
}

/** @param request whatever the key came with: a request, or the upgrade of a socket. */
export function noteCaller(request: object, caller: Caller): void {
  (request as WithCaller)[callerKey] = caller;
}

/** null for who was let in as nobody in particular. */
export function callerOf(request: object): Caller | null {
  return (request as WithCaller)[callerKey] ?? null;
}
