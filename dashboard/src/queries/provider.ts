import type { agentLogLevels } from '@node3/shared/agent-log-levels';
import type { HistoryWindow } from '@node3/shared/device-metrics';
import type { ExecutionState } from '@node3/shared/execution-state';
import { localLimits } from '@node3/shared/local-limits';
import {
  getHostReading,
  getTelemetryHistory,
  listGpuProcesses,
  listLocalDevices,
} from '@node3/shared/routes/agent-devices';
import {
  getAgentStatus,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  getLocalPolicy,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import { getLocalWallet, listEarningDays } from '@node3/shared/routes/agent-money';
import { getDoctorReport, getLocalSettings, readAgentLog } from '@node3/shared/routes/agent-upkeep';
import { getLocalExecution } from '@node3/shared/routes/agent-work';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { addReading, type HostReading, hostEveryMs } from '../pages/agent/host-series.ts';

/** While its socket is open the agent says it by itself, and it is asked seldom. */
export function agentStatusQuery({ agentFeed, client }: App) {
  return queryOptions({
    queryKey: ['local', 'status'],
    queryFn: ({ signal }) => client.call(getAgentStatus, {}, { signal }),
    refetchInterval: () => (agentFeed?.status() === 'open' ? 20_000 : 2_000),
  });
}

export function localEarningsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'earnings'],
    queryFn: ({ signal }) => client.call(getLocalEarnings, {}, { signal }),
    refetchInterval: 5_000,
  });
}

export function earningDaysQuery({ client }: App, days: number) {
  return queryOptions({
    queryKey: ['local', 'earning-days', days],
    queryFn: ({ signal }) => client.call(listEarningDays, { query: { days } }, { signal }),
    refetchInterval: 10_000,
  });
}

export function localEconomicsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'economics'],
    queryFn: ({ signal }) => client.call(getLocalEconomics, {}, { signal }),
    refetchInterval: 10_000,
  });
}

export function localWalletQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'wallet'],
    queryFn: ({ signal }) => client.call(getLocalWallet, {}, { signal }),
    refetchInterval: 5_000,
  });
}

/** Also the command line and an editor change it, so it is read again and again. */
export function localPolicyQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'policy'],
    queryFn: ({ signal }) => client.call(getLocalPolicy, {}, { signal }),
    refetchInterval: 3_000,
  });
}

export function localSettingsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'settings'],
    queryFn: ({ signal }) => client.call(getLocalSettings, {}, { signal }),
    staleTime: 60_000,
  });
}

export interface WorkFilter {
  state?: ExecutionState;
  q?: string;
  cursor?: string;
  limit?: number;
}

export function localExecutionsQuery({ client }: App, query: WorkFilter = {}) {
  return queryOptions({
    queryKey: ['local', 'executions', query],
    queryFn: ({ signal }) => client.call(listLocalExecutions, { query }, { signal }),
    refetchInterval: 3_000,
  });
}

export function localExecutionQuery({ client }: App, executionId: string) {
  return queryOptions({
    queryKey: ['local', 'execution', executionId],
    queryFn: ({ signal }) =>
      client.call(getLocalExecution, { params: { executionId } }, { signal }),
    refetchInterval: 2_000,
  });
}

export function localLogTailQuery({ client }: App, executionId: string) {
  return queryOptions({
    queryKey: ['local', 'log-tail', executionId],
    queryFn: async ({ signal }) =>
      (await client.call(getLocalLogTail, { params: { executionId } }, { signal })).data,
    refetchInterval: 2_000,
  });
}

export function localDevicesQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'devices'],
    queryFn: async ({ signal }) => (await client.call(listLocalDevices, {}, { signal })).data,
    refetchInterval: 3_000,
  });
}

/** Each look starts a tool of the GPUs, so nobody asks for it who does not show it. */
export function gpuProcessesQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'processes'],
    queryFn: ({ signal }) => client.call(listGpuProcesses, {}, { signal }),
    refetchInterval: localLimits.processesEveryMs,
  });
}

/** Readings follow each other only while this is on a page. */
export function hostReadingsQuery({ client }: App) {
  const queryKey = ['local', 'host'];
  return queryOptions({
    queryKey,
    queryFn: async ({ client: kept, signal }) => {
      const next = await client.call(getHostReading, {}, { signal });
      return addReading(kept.getQueryData<HostReading[]>(queryKey) ?? [], next);
    },
    structuralSharing: false,
    refetchInterval: hostEveryMs,
  });
}

export function telemetryQuery({ client }: App, window: HistoryWindow) {
  return queryOptions({
    queryKey: ['local', 'telemetry', window],
    queryFn: ({ signal }) => client.call(getTelemetryHistory, { query: { window } }, { signal }),
    refetchInterval: window === '1h' ? 10_000 : 60_000,
  });
}

export function doctorQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'doctor'],
    queryFn: ({ signal }) => client.call(getDoctorReport, {}, { signal }),
    refetchInterval: 2_000,
  });
}

export function agentLogQuery({ client }: App, level: (typeof agentLogLevels)[number]) {
  return queryOptions({
    queryKey: ['local', 'log', level],
    queryFn: ({ signal }) =>
      client.call(readAgentLog, { query: { level, limit: 500 } }, { signal }),
    refetchInterval: 3_000,
  });
}
