import type { FaultKind } from '@node3/marketplace/testing/sim/faults';
import { faultKinds } from '@node3/marketplace/testing/sim/faults';
import type { PlantedBugName } from '@node3/marketplace/testing/sim/planted-bugs';
import { runFleet } from './seed-fleet.ts';
import type { SimReport } from './sim/run-sim.ts';
import type { SimOrder } from './sim-worker.ts';

const worker = new URL('./sim-worker.ts', import.meta.url);

export interface SimFleetOptions {
  from: number;
  seeds: number;
  /** Processes at once. */
  jobs: number;
  bug: PlantedBugName | null;
  replicas: number;
  onReport: (report: SimReport) => 'go-on' | 'stop';
}

export async function runSimFleet(options: SimFleetOptions): Promise<void> {
  const { from, seeds, jobs, bug, replicas, onReport } = options;
  const orders = Array.from({ length: seeds }, (_, index) => ({
    seed: from + index,
    bug,
    without: [],
    replicas,
  }));
  await runFleet<SimOrder, SimReport>({ worker, orders, jobs, onReport });
}

/** The same seed several times over; in processes of their own, which know nothing of each other. */
export async function runSimAgain(order: SimOrder, times: number): Promise<SimReport[]> {
  const reports: SimReport[] = [];
  for (let time = 0; time < times; time += 1) {
    await runFleet<SimOrder, SimReport>({
      worker,
      orders: [order],
      jobs: 1,
      onReport(report) {
        reports.push(report);
        return 'go-on';
      },
    });
  }
  return reports;
}

/** Leaves out one kind of fault after another, as long as the seed still fails without it. */
export async function shrink(
  seed: number,
  { bug, replicas }: Pick<SimOrder, 'bug' | 'replicas'>,
): Promise<{ without: FaultKind[]; report: SimReport } | null> {
  let without: FaultKind[] = [];
  let last: SimReport | null = null;
  for (const kind of faultKinds) {
    const fewer = [...without, kind];
    const [report] = await runSimAgain({ seed, bug, replicas, without: fewer }, 1);
    if (report === undefined || report.findings.length === 0) continue;
    without = fewer;
    last = report;
  }
  return last === null ? null : { without, report: last };
}
