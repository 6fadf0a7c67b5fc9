import type { FaultKind } from '@node3/marketplace/testing/sim/faults';
import { type PlantedBugName, plantedBugs } from '@node3/marketplace/testing/sim/planted-bugs';
import { databaseFolder, serveSeeds } from './seed-fleet.ts';
import { runSim } from './sim/run-sim.ts';

/** One process of `sim-fleet.ts`: it runs on virtual time from its first seed on. */
export interface SimOrder {
  seed: number;
  bug: PlantedBugName | null;
  without: readonly FaultKind[];
  replicas: number;
}

serveSeeds((order) => {
  const { seed, bug, without, replicas } = order as SimOrder;
  const plant = bug === null ? null : plantedBugs[bug];
  return runSim(seed, { plant, without, replicas, print: null, folder: databaseFolder() });
});
