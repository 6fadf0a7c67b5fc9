import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';

/**
 * Bounds what a question costs that anybody may ask without a key: however many ask, it is answered
 * at most once per `spacingMs`. Those who come meanwhile wait for the next answer together, so nobody
 * gets one that is older than its question.
 */
export function shareAnswers<T>(
  clock: Pick<Clock, 'monotonicMs'>,
  spacingMs: number,
  answer: () => Promise<T>,
): () => Promise<T> {
  let next: Promise<T> | null = null;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  async function answerInTurn(): Promise<T> {
    const waitMs = Math.min(spacingMs, startedAtMs + spacingMs - clock.monotonicMs());
    // Even when it is time already: until this function has given up the turn it has no promise.
    await (waitMs > 0 ? sleep(waitMs) : Promise.resolve());
    startedAtMs = clock.monotonicMs();
    next = null;
    return answer();
  }
  return () => {
    next ??= answerInTurn();
    return next;
  };
}
