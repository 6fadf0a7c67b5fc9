import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';

/** Counts the open streams of each account: every one of them reads whenever something is stored. */
export class LogFollowers {
  readonly #byAccount = new Map<string, number>();
  readonly #what: string;
  readonly #max: number;

  constructor(what = 'logs', max: number = limits.logFollowersPerAccount) {
    this.#what = what;
    this.#max = max;
  }

  /** @returns a function that ends the stream's place. Throws RATE_LIMITED where there is none left. */
  enter(accountId: string): () => void {
    const open = this.#byAccount.get(accountId) ?? 0;
    const max = this.#max;
    if (open >= max) {
      const detail = `This account follows ${max} ${this.#what} already, which is as many as it may.`;
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec: 10 });
    }
    this.#byAccount.set(accountId, open + 1);
    return () => this.#leave(accountId);
  }

  #leave(accountId: string): void {
    const open = (this.#byAccount.get(accountId) ?? 0) - 1;
    if (open > 0) this.#byAccount.set(accountId, open);
    else this.#byAccount.delete(accountId);
  }
}
