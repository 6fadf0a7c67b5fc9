import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/** Asks until there is an answer other than null. Rejects after `timeoutMs`. */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T | null>,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== null) return answer;
    await sleep(pollMs);
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms`);
}
