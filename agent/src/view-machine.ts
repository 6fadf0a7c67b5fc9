import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import type { LocalWallet } from '@node3/shared/routes/agent-money';
import { toTimestamp } from '@node3/shared/schema';
import type { AgentCore } from './agent-core.ts';
import { viewEarningDays } from './economics/view-earning-days.ts';
import type { LocalMachine } from './http/local-api.ts';
import { readHost } from './observability/read-host.ts';
import { viewDevices } from './observability/view-devices.ts';
import { viewExecution } from './observability/view-execution.ts';
import { viewProcesses } from './observability/view-processes.ts';
import { DoctorDesk } from './upkeep/doctor-desk.ts';
import { listSettings } from './upkeep/list-settings.ts';
import { readAgentLog } from './upkeep/read-agent-log.ts';

const dayMs = 86_400_000;

/** What the agent tells of this machine, its work, its money and its upkeep. */
export function createMachineView(core: AgentCore): LocalMachine {
  const { clock, config, desk, history, inventory, journal, log, parts } = core;
  const doctor = new DoctorDesk({ clock, log, examine: () => parts.runDoctor(config) });
  return {
    devices: () => ({ data: viewDevices(core) }),
    processes: async () => viewProcesses(await inventory.processes(), inventory.devices()),
    host: () => readHost({ folder: config.dataDir, nowMs: clock.nowMs() }),
    telemetry: (window) => history.view(window),
    execution: (executionId) => viewExecution(core, executionId),
    stopExecution(executionId) {
      if (journal.find(executionId) === null) {
        throw new MarketError('EXECUTION_NOT_FOUND', { executionId });
      }
      const stopping = desk.has(executionId);
      if (stopping) log.info({ executionId }, 'the provider stops a job');
      desk.stop(executionId, 'provider');
      return { stopping };
    },
    wallet: () => viewWallet(core),
    earningDays(days) {
      const nowMs = clock.nowMs();
      return viewEarningDays({
        rows: journal.earningsSince(nowMs - (days + 1) * dayMs),
        knownSinceMs: journal.earningsKnownSinceMs(),
        days,
        nowMs,
      });
    },
    doctor: () => doctor.report(),
    startDoctor: () => doctor.start(),
    log: (level, limit) => readAgentLog({ folder: join(config.dataDir, 'logs'), level, limit }),
    settings: () => listSettings(config),
  };
}

function viewWallet({ balance, config, earnings, wallet }: AgentCore): LocalWallet {
  const { latest } = earnings;
  const view = (asset: 'SOL' | 'USDC') => {
    const reading = balance.reading(asset);
    return reading && { money: reading.money, readAt: toTimestamp(reading.atMs) };
  };
  return {
    address: wallet.address,
    hasRpc: config.solanaRpcUrl !== null,
    balances: { SOL: view('SOL'), USDC: view('USDC') },
    payouts: latest?.earnings.payouts ?? null,
    payoutsAsOf: latest === null ? null : toTimestamp(latest.asOfMs),
  };
}
