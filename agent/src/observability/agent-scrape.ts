import { collectDefaultMetrics } from 'prom-client';
import type { AgentCore } from '../agent-core.ts';
import type { LocalApi } from '../http/local-api.ts';
import { agentVersion } from '../version.ts';
import { createDcgmMetrics, showDcgmNames } from './dcgm-names.ts';
import { showAgent, showDisk } from './show-agent.ts';
import { showDevices } from './show-devices.ts';

export interface AgentScrape {
  contentType: string;
  text(): Promise<string>;
}

/** `/metrics` of the agent: everything is in memory, so each scrape reads it anew. */
export function createAgentScrape(
  core: AgentCore,
  api: Pick<LocalApi, 'status'>,
  { hostname, commit }: { hostname: string; commit: string | null },
): AgentScrape {
  const { config, measures } = core;
  const { metrics } = measures;
  collectDefaultMetrics({ register: metrics.registry });
  const labels = {
    version: agentVersion,
    commit: commit ?? 'unknown',
    node: process.versions.node,
  };
  metrics.show('node3_build_info', [{ labels, value: 1 }]);
  const dcgm = config.dcgmNames === 'on' ? createDcgmMetrics() : null;
  return {
    contentType: metrics.registry.contentType,
    async text() {
      const devices = core.inventory.devices();
      const readings = core.inventory.readings();
      const xids = core.inventory.xidCounts();
      showDevices(measures, { devices, readings, xids });
      showAgent(metrics, {
        status: api.status(),
        lastContactAtMs: core.link.lastContactAtMs,
        earnings: core.earnings.latest?.earnings ?? null,
      });
      await showDisk(metrics, config.dataDir);
      const own = await metrics.registry.metrics();
      if (dcgm === null) return own;
      showDcgmNames(dcgm, { devices, readings, xids, hostname });
      return `${own}\n${await dcgm.registry.metrics()}`;
    },
  };
}
