import type { LogLine } from '@node3/shared/routes/jobs';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useApp } from '../app-context.tsx';
import { useStreamStatus } from '../live/use-stream.ts';
import { LogLoader } from './log-loader.ts';
import { LogSearch, startSearchWorker } from './log-search.ts';
import type { LogSource } from './log-source.ts';
import { LogStore } from './log-store.ts';
import { LogView } from './log-view.ts';

/** Reads on this often while the socket is away. */
const pollMs = 1_000;
/** Each request is a use of a link, of which there may be few. */
const pollSharedMs = 3_000;
/** The socket may say that lines exist without delivering them; a slow read makes sure of the end. */
const assuranceMs = 5_000;
/** A million lines take some 150 MB; a phone has less. */
const chunksMax = 1_000;
const chunksMaxOnPhone = 200;

export interface JobLogParts {
  store: LogStore;
  loader: LogLoader;
  search: LogSearch;
  view: LogView;
}

/** Keeps a log as complete as it is looked at while the component is shown. */
export function useJobLog(makeSource: () => LogSource, firstSeq: number) {
  const { stream } = useApp();
  const streaming = useStreamStatus() === 'open';
  const [parts] = useState(() => makeParts(makeSource()));
  const { loader, source, search } = parts;
  const state = useSyncExternalStore(loader.subscribe, loader.state);
  const [begin] = useState(firstSeq);
  useEffect(() => loader.start(begin), [loader, begin]);
  useEffect(() => () => search.close(), [search]);
  const isLive = state.phase === 'live';
  const { channel } = source;
  useEffect(() => {
    // Only once something is read: the socket then knows where to go on.
    if (stream === null || channel === null || !isLive) return undefined;
    return stream.subscribe({
      channel,
      since: loader.resumeAfter,
      onMessage(message) {
        if (message.type === 'lines') {
          loader.accept(message.lines as LogLine[], { ended: message.ended });
        } else if (message.type === 'resync') void loader.poll();
      },
    });
  }, [stream, loader, channel, isLive]);
  const isFollowed = streaming && channel !== null;
  useEffect(() => {
    if (!isLive) return undefined;
    // A first page that is not the last says nothing of the job: the end does.
    void loader.poll();
    const everyMs = isFollowed ? assuranceMs : channel === null ? pollSharedMs : pollMs;
    const timer = setInterval(() => void loader.poll(), everyMs);
    return () => clearInterval(timer);
  }, [loader, isLive, isFollowed, channel]);
  return { ...parts, state, isFollowed };
}

function makeParts(source: LogSource) {
  const store = new LogStore();
  const isPhone = globalThis.matchMedia('(max-width: 48em)').matches;
  const loader = new LogLoader(source, store, isPhone ? chunksMaxOnPhone : chunksMax);
  const search = new LogSearch(store, {
    startWorker: startSearchWorker,
    later(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  return { source, store, loader, search, view: new LogView(store, search.hitsOf) };
}

/** Renders again when something changes, at most once per frame of the screen. */
export function useFrameVersion(
  subscribe: (listener: () => void) => () => void,
  version: () => number,
): number {
  const [listen] = useState(() => (listener: () => void) => {
    let frame = 0;
    const unsubscribe = subscribe(() => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        listener();
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      unsubscribe();
    };
  });
  return useSyncExternalStore(listen, version);
}
