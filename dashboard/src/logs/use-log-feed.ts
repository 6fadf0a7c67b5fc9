import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import type { LogLine } from '@node3/shared/routes/jobs';
import { getJobLogs } from '@node3/shared/routes/jobs';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useApp } from '../app-context.tsx';
import { useStreamStatus } from '../live/use-stream.ts';
import { LogBuffer } from './log-buffer.ts';
import { LogFeed, type LogFeedState } from './log-feed.ts';

/** Reads on this often while the socket is away. */
const pollMs = 1_000;
/** The socket may say that lines exist without delivering them; a slow read makes sure of the end. */
const assuranceMs = 5_000;

export interface JobLogFeed {
  buffer: LogBuffer;
  state: LogFeedState;
  retry: () => void;
}

/** Fills a buffer with a job's log while the component is shown. */
export function useLogFeed(jobId: string): JobLogFeed {
  const { client, stream } = useApp();
  const streaming = useStreamStatus() === 'open';
  const [{ buffer, feed }] = useState(() => createFeed(client, jobId));
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  useEffect(() => feed.start(), [feed]);
  const live = state.phase === 'live';
  useEffect(() => {
    // Only once the history is read: the socket then has little to repeat.
    if (stream === null || !live) return undefined;
    return stream.subscribe({
      channel: `logs:${jobId}`,
      since: feed.resumeAfter,
      onMessage(message) {
        if (message.type === 'lines') {
          feed.accept(message.lines as LogLine[], { ended: message.ended });
        } else if (message.type === 'resync') void feed.catchUp();
      },
    });
  }, [stream, feed, jobId, live]);
  useEffect(() => {
    if (state.phase === 'ended') return undefined;
    const timer = setInterval(() => void feed.catchUp(), streaming ? assuranceMs : pollMs);
    return () => clearInterval(timer);
  }, [feed, state.phase, streaming]);
  return { buffer, state, retry: () => void feed.catchUp() };
}

function createFeed(client: Client, jobId: string) {
  const buffer = new LogBuffer();
  const feed = new LogFeed({
    buffer,
    fetchPage(after, signal) {
      const query = { limit: limits.logLinesPerPage, ...(after === undefined ? {} : { after }) };
      return client.call(getJobLogs, { params: { jobId }, query }, { signal });
    },
  });
  return { buffer, feed };
}

/** Renders again when the rows change, at most once per frame of the screen. */
export function useLogVersion(buffer: LogBuffer): number {
  const [subscribe] = useState(() => (listener: () => void) => {
    let frame = 0;
    const unsubscribe = buffer.subscribe(() => {
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
  return useSyncExternalStore(subscribe, buffer.version);
}
