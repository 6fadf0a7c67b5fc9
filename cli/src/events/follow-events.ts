import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { type EventView, listEvents } from '@node3/shared/routes/events';
import type { Patience } from '../job/patience.ts';

export interface FollowOptions {
  client: Client;
  query: { types?: string; jobId?: string };
  /** The number of the last event that was seen. */
  after: number;
  patience: Patience;
  signal: AbortSignal;
}

/** A server that closes streams politely must not make us spin. */
const reopenPauseMs = 200;

/** Every event after a number, as it happens. A lost connection goes on after the last one seen. */
export async function* followEvents(options: FollowOptions): AsyncGenerator<EventView, void> {
  const { client, patience, signal } = options;
  let { after } = options;
  while (!signal.aborted) {
    try {
      const query = { ...options.query, after, follow: true };
      for await (const value of client.lines(listEvents, { query }, { signal })) {
        patience.succeed();
        if (!isEvent(value) || value.seq <= after) continue;
        after = value.seq;
        yield value;
      }
      patience.succeed();
      await sleep(reopenPauseMs, undefined, { signal });
    } catch (error) {
      await patience.fail(error);
    }
  }
}

/** A stream may carry keep-alive objects as well. */
function isEvent(value: unknown): value is EventView {
  return (
    typeof value === 'object' && value !== null && typeof (value as EventView).seq === 'number'
  );
}
