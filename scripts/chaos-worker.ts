import type { PlantedBugName } from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import { runSeed } from '@node3/marketplace/payments/testing/chaos/run-seed';

/** One process of `chaos-fleet.ts`: gets seeds, sends back reports, ends when its parent does. */
export interface SeedOrder {
  seed: number;
  plant: PlantedBugName | null;
  folder: string;
}

process.on('message', (order: SeedOrder) => {
  void answer(order);
});
process.on('disconnect', () => process.exit(0));

async function answer(order: SeedOrder): Promise<void> {
  // A run has no timers: one that waits for nothing would wait for ever. Then this process ends.
  process.channel?.unref();
  process.once('beforeExit', never);
  const report = await runSeed(order.seed, { ...order, print: null });
  process.off('beforeExit', never);
  process.channel?.ref();
  // Each run has a virtual machine of its own, whose memory only a collection gives back.
  globalThis.gc?.();
  process.send?.(report);
}

function never(): void {
  process.stderr.write('a run of the chaos suite waits for something that never happens\n');
  process.exit(1);
}
