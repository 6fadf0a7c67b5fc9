import type { PlantedBugName } from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import type { SeedReport } from '@node3/marketplace/payments/testing/chaos/run-seed';
import type { ChaosOrder } from './chaos-worker.ts';
import { databaseFolder, runFleet } from './seed-fleet.ts';

export interface ChaosFleetOptions {
  from: number;
  seeds: number;
  /** Processes at once. */
  jobs: number;
  plant: PlantedBugName | null;
  onReport: (report: SeedReport) => 'go-on' | 'stop';
}

export async function runChaosFleet(options: ChaosFleetOptions): Promise<void> {
  const { from, seeds, jobs, plant, onReport } = options;
  const folder = databaseFolder();
  const orders = Array.from({ length: seeds }, (_, index) => ({
    seed: from + index,
    plant,
    folder,
  }));
  const worker = new URL('./chaos-worker.ts', import.meta.url);
  await runFleet<ChaosOrder, SeedReport>({ worker, orders, jobs, onReport });
}
