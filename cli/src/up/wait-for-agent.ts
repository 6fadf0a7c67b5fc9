import { CommandError } from '../command-error.ts';
import type { RunningAgent } from './starters.ts';
import type { Say } from './steps.ts';

export interface Patience {
  /** After this long without an agent, its reason is shown. */
  sayMs: number;
  /** After this long the start has failed. */
  failMs: number;
}

const usualPatience: Patience = { sayMs: 3_000, failMs: 30_000 };

/**
 * Waits until the agent asks for work. By itself it would try for ever, which is right for a
 * service and wrong for a person who watches it start.
 */
export async function waitForAgent(
  agent: Pick<RunningAgent, 'problem' | 'ready'>,
  say: Say,
  patience: Patience = usualPatience,
): Promise<void> {
  const reason = () => agent.problem ?? 'It has not said why.';
  const failed = Promise.withResolvers<never>();
  const failing = setTimeout(() => {
    const seconds = patience.failMs / 1000;
    const detail = `The agent was not ready after ${seconds} s. ${reason()}`;
    const fix =
      'See more with LOG_LEVEL=debug. To start afresh, choose an empty folder: --data-dir DIR';
    failed.reject(new CommandError('failure', detail, fix));
  }, patience.failMs);
  const saying = setInterval(() => say(`waiting: ${reason()}`), patience.sayMs);
  try {
    await Promise.race([agent.ready(), failed.promise]);
  } finally {
    clearTimeout(failing);
    clearInterval(saying);
  }
}
