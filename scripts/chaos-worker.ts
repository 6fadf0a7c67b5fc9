import type { PlantedBugName } from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import { runSeed } from '@node3/marketplace/payments/testing/chaos/run-seed';
import { serveSeeds } from './seed-fleet.ts';

/** One process of `chaos-fleet.ts`. */
export interface ChaosOrder {
  seed: number;
  plant: PlantedBugName | null;
  folder: string;
}

serveSeeds((order) => {
  const { seed, plant, folder } = order as ChaosOrder;
  return runSeed(seed, { plant, folder, print: null });
});
