import type { EmbedLink } from './embed-link.ts';
import type { Ask, LogQuery } from './read-round.ts';

const answerMs = 15_000;
/** These pass by themselves: a slow request, one too early, and one too many. */
const passing = new Set([408, 425, 429]);

/** The marketplace can't be reached, or can't answer now. */
export class NoAnswer extends Error {
  /** When it asked to be asked again, seconds; null where it didn't say. */
  readonly retryAfterSec: number | null;

  constructor(retryAfterSec: number | null) {
    super('no answer');
    this.retryAfterSec = retryAfterSec;
  }
}

/** Asks with the secret of the link alone: no cookie, no key, and nothing of the page it stands in. */
export function askMarketplace(link: EmbedLink, signal: AbortSignal): Ask {
  return async <T>(part: string, query?: LogQuery) => {
    const url = new URL(`/api/v1/shared/${link.linkId}${part}`, link.origin);
    url.search = `${new URLSearchParams({ signature: link.signature, ...query })}`;
    const answer = await fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    if (answer.ok) return (await answer.json()) as T;
    const { status } = answer;
    if (status >= 400 && status < 500 && !passing.has(status)) return null;
    const wait = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new NoAnswer(Number.isFinite(wait) ? wait : null);
  };
}
