import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface FleetOptions<Order extends { seed: number }, Report> {
  /** The program of one process: it calls `serveSeeds`. */
  worker: URL;
  orders: readonly Order[];
  /** Processes at once. */
  jobs: number;
  /** Called as runs end, in no order. `stop` starts no further one. */
  onReport: (report: Report) => 'go-on' | 'stop';
}

/** Where databases are made: in memory where there is such a folder. */
export function databaseFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Runs seeds in processes of their own, several at once. Rejects when one of them breaks. */
export async function runFleet<Order extends { seed: number }, Report>(
  options: FleetOptions<Order, Report>,
): Promise<void> {
  const queue = [...options.orders];
  const workers = Array.from({ length: Math.min(options.jobs, queue.length) }, () =>
    startWorker(options.worker),
  );
  try {
    await Promise.all(workers.map((worker) => work(worker, queue, options)));
  } finally {
    for (const worker of workers) worker.disconnect();
  }
}

function startWorker(program: URL): ChildProcess {
  return fork(fileURLToPath(program), [], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function work<Order extends { seed: number }, Report>(
  worker: ChildProcess,
  queue: Order[],
  { onReport }: FleetOptions<Order, Report>,
): Promise<void> {
  for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
    const report = await answerOf<Report>(worker, order);
    if (onReport(report) === 'stop') queue.length = 0;
  }
}

function answerOf<Report>(worker: ChildProcess, order: { seed: number }): Promise<Report> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the process of seed ${order.seed} has broken`));
    worker.once('exit', ended);
    worker.once('message', (report) => {
      worker.off('exit', ended);
      resolve(report as Report);
    });
    worker.send(order);
  });
}

/** One process of a fleet: gets orders, sends back reports, ends when its parent does. */
export function serveSeeds(run: (order: unknown) => Promise<object>): void {
  process.on('message', (order: unknown) => {
    void answer(run, order);
  });
  process.on('disconnect', () => process.exit(0));
}

async function answer(run: (order: unknown) => Promise<object>, order: unknown): Promise<void> {
  // A run has no timers: one that waits for nothing would wait for ever. Then this process ends.
  process.channel?.unref();
  process.once('beforeExit', never);
  const report = await run(order);
  process.off('beforeExit', never);
  process.channel?.ref();
  // Each run has a world of its own, whose memory only a collection gives back.
  globalThis.gc?.();
  process.send?.(report);
}

function never(): void {
  process.stderr.write('a run waits for something that never happens\n');
  process.exit(1);
}
