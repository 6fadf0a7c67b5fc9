import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useApp } from '../app-context.tsx';
import { useStreamStatus } from '../live/use-stream.ts';
import { jobResourcesQuery } from '../queries/job-resources.ts';
import { joinResources } from './join-resources.ts';

/**
 * What a job uses: as the socket tells it, and read every few seconds where there is none.
 * @param attempt null for the latest, which alone can go on.
 */
export function useLiveResources(jobId: string, attempt: number | null) {
  const app = useApp();
  const queryClient = useQueryClient();
  const isTold = useStreamStatus() === 'open' && attempt === null;
  const query = useQuery(jobResourcesQuery(app, jobId, attempt, isTold ? 'told' : 'asked'));
  const { stream } = app;
  const known = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (stream === null || attempt !== null) return undefined;
    const { queryKey } = jobResourcesQuery(app, jobId, attempt, 'told');
    known.current = undefined;
    return stream.subscribe({
      channel: `resources:${jobId}`,
      since: () => known.current,
      onMessage(message) {
        if (message.type !== 'resources') return;
        const joined = joinResources(queryClient.getQueryData(queryKey), message);
        known.current = message.seq;
        if (joined === null) void queryClient.invalidateQueries({ queryKey });
        else queryClient.setQueryData(queryKey, joined);
      },
    });
  }, [app, stream, queryClient, jobId, attempt]);
  return query;
}
