import { statfs } from 'node:fs/promises';
import { type Asset, assetDecimals, assets, fromMoney } from '@node3/shared/money';
import { type AgentStatus, agentStates } from '@node3/shared/routes/agent-local';
import type { AgentEarnings } from '@node3/shared/routes/agents';
import type { AgentMetrics } from './agent-measures.ts';

/** The beginnings of the codes of problems, by what they are about. */
const checks = {
  identity: /^(identity-|auth-|agent-)/,
  marketplace: /^marketplace-/,
  disk: /^disk-/,
  kernel_log: /^kernel-log-/,
  devices: /^(device-|gpu-|driver-|tool-|mig-|memory-|output-|no-devices)/,
} as const;

/** What the agent says of itself, as numbers. */
export function showAgent(
  metrics: AgentMetrics,
  facts: {
    status: AgentStatus;
    lastContactAtMs: number | null;
    earnings: AgentEarnings | null;
  },
): void {
  const { status, lastContactAtMs, earnings } = facts;
  metrics.show('node3_agent_up', [{ labels: {}, value: 1 }]);
  metrics.show(
    'node3_agent_state',
    agentStates.map((state) => ({ labels: { state }, value: Number(status.state === state) })),
  );
  metrics.show('node3_agent_last_poll_timestamp_seconds', [
    { labels: {}, value: lastContactAtMs === null ? null : lastContactAtMs / 1_000 },
  ]);
  metrics.show(
    'node3_agent_payout_pending',
    assets.map((currency) => ({ labels: { currency }, value: pendingOf(earnings, currency) })),
  );
  metrics.show('node3_agent_doctor_check', [
    { labels: { check: 'executor' }, value: Number(status.executor.available) },
    ...Object.entries(checks).map(([check, codes]) => ({
      labels: { check },
      value: Number(!status.problems.some(({ code }) => codes.test(code))),
    })),
  ]);
}

function pendingOf(earnings: AgentEarnings | null, currency: Asset): number | null {
  if (earnings === null) return null;
  return Number(fromMoney(earnings.earned[currency].pending)) / 10 ** assetDecimals[currency];
}

/** What can't be read has no sample. */
export async function showDisk(metrics: AgentMetrics, folder: string): Promise<void> {
  const disk = await statfs(folder).catch(() => null);
  const free = disk === null ? null : disk.bavail * disk.bsize;
  const size = disk === null ? null : disk.blocks * disk.bsize;
  metrics.show('node3_agent_disk_free_bytes', [{ labels: {}, value: free }]);
  metrics.show('node3_agent_disk_size_bytes', [{ labels: {}, value: size }]);
}
