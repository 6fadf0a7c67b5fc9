import type { BodyOf, QueryOf, ReplyOf } from '@node3/shared/contract';
import type { HistoryWindow } from '@node3/shared/device-metrics';
import type {
  getHostReading,
  getTelemetryHistory,
  listGpuProcesses,
  listLocalDevices,
} from '@node3/shared/routes/agent-devices';
import type {
  AgentStatus,
  changeLocalPolicy,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  LocalPolicy,
  listLocalExecutions,
  listResultEarnings,
  stopAgent,
} from '@node3/shared/routes/agent-local';
import type { getLocalWallet, listEarningDays } from '@node3/shared/routes/agent-money';
import type {
  DoctorReport,
  getLocalSettings,
  readAgentLog,
} from '@node3/shared/routes/agent-upkeep';
import type { getLocalExecution, stopLocalExecution } from '@node3/shared/routes/agent-work';
import type { AgentMode } from '../observability/agent-state.ts';

/** What the dashboard's server needs from the agent. */
export interface LocalApi {
  status(): AgentStatus;
  earnings(): ReplyOf<typeof getLocalEarnings>;
  executions(query: QueryOf<typeof listLocalExecutions>): ReplyOf<typeof listLocalExecutions>;
  /** @throws MarketError EXECUTION_NOT_FOUND. */
  logTail(executionId: string): ReplyOf<typeof getLocalLogTail>;
  mode(): AgentMode;
  setMode(mode: AgentMode): AgentMode;
  economics(): ReplyOf<typeof getLocalEconomics>;
  resultEarnings(count: number): ReplyOf<typeof listResultEarnings>;
  policy(): LocalPolicy;
  /**
   * @param ifVersion null changes whichever version there is.
   * @throws MarketError REQUEST_INVALID or RESOURCE_CHANGED, with nothing changed.
   */
  changePolicy(
    change: BodyOf<typeof changeLocalPolicy>,
    ifVersion: string | null,
  ): Promise<LocalPolicy>;
  /** The answer is on its way before the agent ends. */
  stop(): ReplyOf<typeof stopAgent>;
}

/** What the provider's pages need besides. */
export interface LocalMachine {
  devices(): ReplyOf<typeof listLocalDevices>;
  processes(): Promise<ReplyOf<typeof listGpuProcesses>>;
  host(): Promise<ReplyOf<typeof getHostReading>>;
  telemetry(window: HistoryWindow): ReplyOf<typeof getTelemetryHistory>;
  /** @throws MarketError EXECUTION_NOT_FOUND; so does the next. */
  execution(executionId: string): ReplyOf<typeof getLocalExecution>;
  stopExecution(executionId: string): ReplyOf<typeof stopLocalExecution>;
  wallet(): ReplyOf<typeof getLocalWallet>;
  earningDays(days: number): ReplyOf<typeof listEarningDays>;
  doctor(): DoctorReport;
  startDoctor(): DoctorReport;
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    limit: number,
  ): Promise<ReplyOf<typeof readAgentLog>>;
  settings(): ReplyOf<typeof getLocalSettings>;
}
