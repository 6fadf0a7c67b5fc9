import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useApp } from '../app-context.tsx';
import { agentStatusQuery } from '../queries/provider.ts';

/** Puts what the agent's socket says where the pages read its status. */
export function AgentLive() {
  const app = useApp();
  const queryClient = useQueryClient();
  const { agentFeed } = app;
  useEffect(() => {
    const { queryKey } = agentStatusQuery(app);
    return agentFeed?.onMessage((status) => queryClient.setQueryData(queryKey, status));
  }, [app, agentFeed, queryClient]);
  return null;
}
