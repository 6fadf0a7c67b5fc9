import { type FlowRunState, isTerminalFlowRun } from '@node3/shared/flow-state';
import { getFlow, getRunCost, getRunGraph, listFlows } from '@node3/shared/routes/flows';
import { getRun, listRuns } from '@node3/shared/routes/redmind';
import { getSchedule, listSchedules } from '@node3/shared/routes/schedules';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

const pageSize = 25;
/** A run that is under way is read so often. */
const runPollMs = 1_000;
const listPollMs = 5_000;

export const flowsKey = ['own', 'flows'] as const;
export const runsKey = ['own', 'runs'] as const;
export const schedulesKey = ['own', 'schedules'] as const;

export function flowsQuery({ client }: App, cursor: string | undefined) {
  return queryOptions({
    queryKey: [...flowsKey, 'list', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      return client.call(listFlows, { query }, { signal });
    },
  });
}

export function flowQuery({ client }: App, flowId: string, version: number | undefined) {
  return queryOptions({
    queryKey: [...flowsKey, flowId, version ?? 'newest'],
    queryFn: ({ signal }) => {
      const query = version === undefined ? {} : { version };
      return client.call(getFlow, { params: { flowId }, query }, { signal });
    },
  });
}

export interface RunsFilter {
  status?: FlowRunState | undefined;
  flowId?: string | undefined;
  cursor?: string | undefined;
}

export function runsQuery({ client }: App, { status, flowId, cursor }: RunsFilter) {
  return queryOptions({
    queryKey: [...runsKey, 'list', status ?? '', flowId ?? '', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = {
        limit: pageSize,
        ...(status === undefined ? {} : { status }),
        ...(flowId === undefined ? {} : { flowId }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return client.call(listRuns, { query }, { signal });
    },
    refetchInterval: listPollMs,
  });
}

/** Read again until the run is over. */
export function runQuery({ client }: App, runId: string) {
  return queryOptions({
    queryKey: [...runsKey, runId],
    queryFn: ({ signal }) => client.call(getRun, { params: { runId } }, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isTerminalFlowRun(data.status) ? false : runPollMs,
  });
}

/** `at`: what of the run it was read after, so that it is read again when that changes. */
export function runCostQuery({ client }: App, runId: string, at: string) {
  return queryOptions({
    queryKey: [...runsKey, runId, 'cost', at],
    queryFn: ({ signal }) => client.call(getRunCost, { params: { runId } }, { signal }),
  });
}

/** Never changes. */
export function runGraphQuery({ client }: App, runId: string) {
  return queryOptions({
    queryKey: [...runsKey, runId, 'graph'],
    queryFn: ({ signal }) => client.call(getRunGraph, { params: { runId } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function schedulesQuery({ client }: App, cursor: string | undefined) {
  return queryOptions({
    queryKey: [...schedulesKey, 'list', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      return client.call(listSchedules, { query }, { signal });
    },
    refetchInterval: listPollMs,
  });
}

export function scheduleQuery({ client }: App, scheduleId: string) {
  return queryOptions({
    queryKey: [...schedulesKey, scheduleId],
    queryFn: ({ signal }) => client.call(getSchedule, { params: { scheduleId } }, { signal }),
    refetchInterval: listPollMs,
  });
}
