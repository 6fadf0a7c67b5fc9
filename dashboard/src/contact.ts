import type { Clock } from '@node3/shared/clock';
import { csrfHeader } from '@node3/shared/sign-in-limits';

export interface ContactState {
  /** When the host last answered, milliseconds since the epoch; null before the first answer. */
  lastAnswerAtMs: number | null;
  /** Since when requests fail; null while they are answered. */
  failingSinceMs: number | null;
}

/** Remembers when the host last answered, so that stale data can say how old it is. */
export class Contact {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #state: ContactState = { lastAnswerAtMs: null, failingSinceMs: null };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly state = (): ContactState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  answered(): void {
    const wasFailing = this.#state.failingSinceMs !== null;
    this.#state = { lastAnswerAtMs: this.#clock.nowMs(), failingSinceMs: null };
    // Only a change of direction is worth a render; the age is read when it is shown.
    if (wasFailing) this.#announce();
  }

  failed(): void {
    if (this.#state.failingSinceMs !== null) return;
    this.#state = { ...this.#state, failingSinceMs: this.#clock.nowMs() };
    this.#announce();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Wraps fetch so that every answer, and every network failure, is noted. Changes carry the header that
 * the cookie of a session asks for and that no form of another page can send.
 */
export function watchedFetch(contact: Contact, send: typeof fetch): typeof fetch {
  return async (input, init) => {
    try {
      const response = await send(input, withCsrfHeader(init));
      contact.answered();
      return response;
    } catch (error) {
      const aborted = init?.signal?.aborted === true;
      const timedOut = aborted && init?.signal?.reason?.name === 'TimeoutError';
      if (!aborted || timedOut) contact.failed();
      throw error;
    }
  };
}

/** Asks for something small, so that the contact hears whether the host answers. */
export function askWhetherBack(send: typeof fetch): void {
  // Read to its end: an answer that nobody reads keeps its connection.
  void send('/config.json')
    .then((response) => response.text())
    .catch(() => undefined);
}

function withCsrfHeader(init: RequestInit | undefined): RequestInit | undefined {
  const { method = 'GET' } = init ?? {};
  if (method === 'GET' || method === 'HEAD') return init;
  const headers = new Headers(init?.headers);
  headers.set(csrfHeader, '1');
  return { ...init, headers };
}
