import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { PlantedBugName } from '@node3/marketplace/payments/testing/chaos/planted-bugs';
import type { SeedReport } from '@node3/marketplace/payments/testing/chaos/run-seed';
import type { SeedOrder } from './chaos-worker.ts';

const workerPath = fileURLToPath(new URL('./chaos-worker.ts', import.meta.url));

export interface FleetOptions {
  from: number;
  seeds: number;
  /** Processes at once. */
  jobs: number;
  plant: PlantedBugName | null;
  /** Called as runs end, in no order. `stop` starts no further one. */
  onReport: (report: SeedReport) => 'go-on' | 'stop';
}

/** Where databases are made: in memory where there is such a folder. */
export function databaseFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Runs seeds in processes of their own, several at once. Rejects when one of them breaks. */
export async function runFleet(options: FleetOptions): Promise<void> {
  const { from, seeds, jobs } = options;
  const queue = Array.from({ length: seeds }, (_, index) => from + index);
  const workers = Array.from({ length: Math.min(jobs, seeds) }, () => startWorker());
  try {
    await Promise.all(workers.map((worker) => work(worker, queue, options)));
  } finally {
    for (const worker of workers) worker.disconnect();
  }
}

function startWorker(): ChildProcess {
  return fork(workerPath, [], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function work(worker: ChildProcess, queue: number[], options: FleetOptions): Promise<void> {
  const { plant, onReport } = options;
  const folder = databaseFolder();
  for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
    const report = await answerOf(worker, { seed, plant, folder });
    if (onReport(report) === 'stop') queue.length = 0;
  }
}

function answerOf(worker: ChildProcess, order: SeedOrder): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the process of seed ${order.seed} has broken`));
    worker.once('exit', ended);
    worker.once('message', (report) => {
      worker.off('exit', ended);
      resolve(report as SeedReport);
    });
    worker.send(order);
  });
}
