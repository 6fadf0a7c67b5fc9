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
const assuranceMs = 10_000;
const loading: LogFeedState = { phase: 'loading', error: null };

export interface JobLogFeed {
  buffer: LogBuffer;
  state: LogFeedState;
  retry: () => void;
}

/** Fills a buffer with a job's log while the component is shown. */
export function useLogFeed(jobId: string): JobLogFeed {
  const { client, stream } = useApp();
  const streaming = useStreamStatus() === 'open';
  const [buffer] = useState(() => new LogBuffer());
  const [feed, setFeed] = useState<LogFeed | null>(null);
  const [state, setState] = useState(loading);
  useEffect(() => {
    const created = new LogFeed({
      buffer,
      fetchPage(after, signal) {
        const query = {
          limit: limits.logLinesPerPage,
          ...(after === undefined ? {} : { after }),
        };
        return client.call(getJobLogs, { params: { jobId }, query }, { signal });
      },
      onChange: () => setState(created.state()),
    });
    setFeed(created);
    setState(created.state());
    let unsubscribe = () => undefined as unknown;
    void created.catchUp().then(() => {
      if (stream === null) return;
      unsubscribe = stream.subscribe({
        channel: `logs:${jobId}`,
        since: created.resumeAfter,
        onMessage(message) {
          if (message.type === 'lines') {
            created.accept(message.lines as LogLine[], { ended: message.ended });
          } else if (message.type === 'resync') void created.catchUp();
        },
      });
    });
    return () => {
      created.stop();
      unsubscribe();
    };
  }, [client, stream, jobId, buffer]);
  useEffect(() => {
    if (feed === null || state.phase === 'ended') return undefined;
    const timer = setInterval(() => void feed.catchUp(), streaming ? assuranceMs : pollMs);
    return () => clearInterval(timer);
  }, [feed, state.phase, streaming]);
  return { buffer, state, retry: () => void feed?.catchUp() };
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
