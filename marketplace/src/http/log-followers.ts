import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';

/** Counts the open log streams of each account: every one of them reads whenever a line is stored. */
export class LogFollowers {
  readonly #byAccount = new Map<string, number>();

  /** @returns a function that ends the stream's place. Throws RATE_LIMITED where there is none left. */
  enter(accountId: string): () => void {
    const open = this.#byAccount.get(accountId) ?? 0;
    const max = limits.logFollowersPerAccount;
    if (open >= max) {
      const detail = `This account follows ${max} logs already, which is as many as it may.`;
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
