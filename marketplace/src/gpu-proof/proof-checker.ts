import { Worker } from 'node:worker_threads';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { Finding } from './verify-openings.ts';
import type { CheckRequest } from './verify-worker.ts';

/** Checks proofs one after another on a thread of its own, so that nobody else waits for them. */
export class ProofChecker {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Throws RATE_LIMITED while too many wait. */
  check(request: CheckRequest): Promise<Finding> {
    if (this.#waiting >= limits.proofChecksWaiting) {
      const detail = 'Too many proofs wait to be checked.';
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec: 10 });
    }
    this.#waiting += 1;
    const turn = this.#last
      .then(() => checkOnThread(request))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** A thread for one check: what it holds is gone with it. */
function checkOnThread(request: CheckRequest): Promise<Finding> {
  const { promise, resolve, reject } = Promise.withResolvers<Finding>();
  const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), {
    workerData: request,
  });
  const timer = setTimeout(() => void worker.terminate(), limits.proofCheckMs);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => {
    clearTimeout(timer);
    reject(new Error('a proof could not be checked in its time'));
  });
  return promise;
}
