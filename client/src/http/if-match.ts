import { OptionError } from '../errors.ts';
import type { CallOptions } from './transport.ts';

/** How something is changed that others may change too. */
export interface ChangeOptions extends CallOptions {
  /**
   * What you read before, or its ETag: nothing is done where it has been changed since, and the call
   * rejects with ApiError `RESOURCE_CHANGED`. Such a call is never sent again by itself.
   */
  ifMatch?: object | string;
}

const tags = new WeakMap<object, string>();

/** Remembers the tag that an answer had. */
export function keepTag(body: unknown, headers: Headers): void {
  const tag = headers.get('etag');
  if (tag !== null && typeof body === 'object' && body !== null) tags.set(body, tag);
}

/** The ETag of what a call answered; null where it had none, or for a copy. */
export function etagOf(answer: object): string | null {
  return tags.get(answer) ?? null;
}

/** What a change is sent with. A try that got lost may have made the change that the next one would find. */
export function changing({ ifMatch, ...options }: ChangeOptions = {}): {
  headers: Record<string, string>;
  repeat: 'any' | 'once';
  options: CallOptions;
} {
  if (ifMatch === undefined) return { headers: {}, repeat: 'any', options };
  const tag = typeof ifMatch === 'string' ? ifMatch : etagOf(ifMatch);
  if (tag === null) {
    throw new OptionError(
      'ifMatch',
      'it must be what a call of this package answered, or its ETag',
    );
  }
  return { headers: { 'if-match': tag }, repeat: 'once', options };
}
