import { isMarketError } from '@node3/shared/error';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { QueryView } from '../../parts/query-view.tsx';
import { AgentEntry } from './agent-entry.tsx';

interface AgentGateProps<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** A resource of the provider: how to get in, for a page without the agent's token. */
export function AgentGate<T>({ query, lines = 6, children }: AgentGateProps<T>) {
  if (isMarketError(query.error, 'AGENT_TOKEN_REQUIRED')) return <AgentEntry />;
  return (
    <QueryView query={query} lines={lines}>
      {children}
    </QueryView>
  );
}
