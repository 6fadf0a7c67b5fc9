import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useApp } from '../app-context.tsx';
import type { StreamStatus } from './stream-client.ts';
import { throttle } from './throttle.ts';

const closedStatus = () => 'closed' as const;
const neverChanges = () => () => undefined;

export function useStreamStatus(): StreamStatus {
  const { agentFeed, stream } = useApp();
  const live = stream ?? agentFeed;
  return useSyncExternalStore(live?.onStatus ?? neverChanges, live?.status ?? closedStatus);
}

/** How often a resource is read: seldom while the socket announces changes, often without it. */
export function usePollMs(): number {
  return useStreamStatus() === 'open' ? 20_000 : 3_000;
}

/** Reads the queries under `queryKey` again, soon, whenever the channel says that something changed. */
export function useChannelRefresh(channel: string, queryKey: QueryKey, intervalMs = 500): void {
  const { stream } = useApp();
  const queryClient = useQueryClient();
  const keyText = JSON.stringify(queryKey);
  useEffect(() => {
    if (stream === null) return undefined;
    const key = JSON.parse(keyText) as QueryKey;
    const refresh = throttle(() => {
      void queryClient.invalidateQueries({ queryKey: key });
    }, intervalMs);
    const unsubscribe = stream.subscribe({
      channel,
      onMessage(message) {
        if (message.type !== 'error') refresh.trigger();
      },
    });
    return () => {
      refresh.stop();
      unsubscribe();
    };
  }, [stream, queryClient, channel, keyText, intervalMs]);
}
