import type { AgentLinks } from '../services/agent-links.ts';
import type { DiskRoom } from '../services/disk-room.ts';
import type { Store } from '../store/store.ts';
import { showDisks, showFiles } from './file-gauges.ts';
import { type MarketGaugeDeps, showMarket } from './market-gauges.ts';
import { type MoneyGaugeDeps, showMoney } from './money-gauges.ts';
import type { Observability } from './observability.ts';
import type { Reading } from './scrape.ts';
import { type ReadSlot, showSlotLag } from './slot-lag.ts';
import { showBacklog } from './webhook-metrics.ts';

/** What is shown to whoever may look, and what only the real process knows. */
export interface ScrapeOptions {
  observability: Observability;
  /** null lets in programs of this machine, and nobody else. */
  token: string | null;
  /** null where there is no file. */
  databasePath: string | null;
  /** null without a chain. */
  slots: { urls: readonly string[]; read: ReadSlot } | null;
  version: string;
  /** null is unknown. */
  commit: string | null;
}

type Deps = Omit<MarketGaugeDeps & MoneyGaugeDeps, 'metrics' | 'versions'> & {
  agentLinks: AgentLinks;
  store: Pick<Store, 'pendingDeliveries'>;
  room: DiskRoom;
};

/** Counts in memory and in the store's own tables of counts. */
const countsMs = 2_000;
/** Questions to files and to endpoints of the chain. */
const outsideMs = 15_000;

/** Everything that is read when somebody asks, instead of being counted as it happens. */
export function createReadings(deps: Deps, options: ScrapeOptions): Reading[] {
  const { observability, databasePath, slots, version, commit } = options;
  const { metrics, versions, measures } = observability;
  const labels = { version, commit: commit ?? 'unknown', node: process.versions.node };
  metrics.show('node3_build_info', [{ labels, value: 1 }]);
  const always: Reading[] = [
    { name: 'market', everyMs: countsMs, show: () => showMarket({ ...deps, metrics, versions }) },
    { name: 'money', everyMs: countsMs, show: () => showMoney({ ...deps, metrics }) },
    { name: 'webhooks', everyMs: countsMs, show: () => showBacklog(metrics, deps.store) },
    { name: 'disks', everyMs: 0, show: () => showDisks(metrics, deps.room) },
    {
      name: 'streams',
      everyMs: 0,
      show() {
        const { streams } = measures;
        metrics.show('node3_stream_clients', streams.clients(deps.agentLinks.size));
        metrics.show('node3_stream_dropped_total', streams.drops());
      },
    },
  ];
  const files: Reading[] =
    databasePath === null
      ? []
      : [{ name: 'files', everyMs: outsideMs, show: () => showFiles(metrics, databasePath) }];
  const chain: Reading[] =
    slots === null
      ? []
      : [
          {
            name: 'slots',
            everyMs: outsideMs,
            show: () => showSlotLag(metrics, slots.urls, slots.read),
          },
        ];
  return [...always, ...files, ...chain];
}
