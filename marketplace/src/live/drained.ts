import { type EventEmitter, once } from 'node:events';
import { limits } from '@node3/shared/limits';

/**
 * Resolves when the reader of a stream has caught up, or when nobody waits for that any more; with
 * false when it took nothing for too long.
 */
export async function drained(stream: EventEmitter, signal: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.timeout(limits.streamStallMs);
  try {
    await once(stream, 'drain', { signal: AbortSignal.any([signal, patience]) });
    return true;
  } catch (error) {
    if (signal.aborted) return true;
    if (patience.aborted) return false;
    throw error;
  }
}
