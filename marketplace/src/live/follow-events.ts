import { limits } from '@node3/shared/limits';
import { type EventFilter, matchesEvent } from '../domain/event-filter.ts';
import type { EventRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { LiveFeed } from './live-feed.ts';

interface Deps {
  store: Pick<Store, 'eventsMatching'>;
  feed: LiveFeed;
}

export interface EventPosition {
  filter: EventFilter;
  afterSeq: number;
}

/** Events that match, and how far was looked for them. */
export interface EventPage {
  events: EventRow[];
  scannedTo: number;
}

/** Looks once: in memory where the last events still are, otherwise at some rows of the store. */
export async function readEvents(
  { store, feed }: Deps,
  { filter, afterSeq }: EventPosition,
  limit: number,
): Promise<EventPage & { more: boolean }> {
  const recent = feed.since(afterSeq);
  if (recent !== null) {
    const found = recent.filter((event) => matchesEvent(filter, event));
    const events = found.slice(0, limit);
    const last = recent.at(-1)?.seq ?? afterSeq;
    const scannedTo = found.length > limit ? (events.at(-1)?.seq ?? afterSeq) : last;
    return { events, scannedTo, more: found.length > limit };
  }
  const { accountId, jobId } = filter;
  const scanMax = limits.eventsScanned;
  const page = await store.eventsMatching({ accountId, jobId, afterSeq, limit, scanMax });
  const events = page.events.filter((event) => matchesEvent(filter, event));
  return { events, scannedTo: page.scannedTo, more: page.scannedTo > afterSeq };
}

/**
 * Yields pages of events as they happen, for ever or until there are none left. Pages may be empty:
 * they say how far was looked. The reader sets the pace: what it has not taken stays in the store.
 */
export async function* followEvents(
  deps: Deps,
  position: EventPosition,
  mode: 'follow' | 'once',
  signal: AbortSignal,
): AsyncGenerator<EventPage, void, undefined> {
  let { afterSeq } = position;
  let changed = false;
  let wake: (() => void) | null = null;
  const notify = () => {
    changed = true;
    wake?.();
  };
  const leave = deps.feed.subscribe((event) => {
    if (matchesEvent(position.filter, event)) notify();
  });
  signal.addEventListener('abort', notify);
  try {
    while (!signal.aborted) {
      changed = false;
      const page = await readEvents(deps, { ...position, afterSeq }, limits.eventsPerPage);
      afterSeq = Math.max(afterSeq, page.scannedTo);
      if (page.events.length > 0 || page.more) yield page;
      if (page.more || changed) continue;
      if (mode === 'once') return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
      wake = null;
    }
  } finally {
    leave();
    signal.removeEventListener('abort', notify);
  }
}
