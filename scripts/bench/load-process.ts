import { setTimeout as sleep } from 'node:timers/promises';
import { workForMarket } from './agent-load.ts';
import { type MarketTarget, produceForMarket } from './market-load.ts';
import { produceForReference, type ReferenceTarget, workForReference } from './reference-load.ts';

/** Forked by the bench: one producer or one worker, driven over IPC. See `load.ts`. */

/** What a job carries: the time it was sent at, and as much else as a small job has. */
export interface BenchJob {
  sentAtMs: number;
  padding: string;
}

export interface Producer {
  put(job: BenchJob): Promise<void>;
}

export interface WorkerEvents {
  started(sentAtMs: number): void;
  completed(): void;
}

type Target = MarketTarget | ReferenceTarget;

const padding = 'x'.repeat(300);
let target: Target | null = null;
let producer: Producer | null = null;
let latencies: number[] = [];
let got = 0;

/** Milliseconds that processes of one machine agree about, with fractions. */
function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

function newJob(): BenchJob {
  return { sentAtMs: wallMs(), padding };
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const operations: Record<string, (a: Record<string, number>) => unknown> = {
  init(a) {
    target = a as unknown as Target;
  },

  async prod() {
    if (target === null) throw new Error('init comes first');
    producer = await (target.kind === 'market'
      ? produceForMarket(target)
      : produceForReference(target));
  },

  /** `C` callers, each posting its next job when the last one was acknowledged. */
  async enq({ C = 1, secs = 1 }) {
    const endsAt = performance.now() + secs * 1_000;
    const startedAt = performance.now();
    let n = 0;
    const caller = async () => {
      while (performance.now() < endsAt) {
        await producer?.put(newJob());
        n += 1;
      }
    };
    await Promise.all(Array.from({ length: C }, caller));
    return { n, perSec: n / ((performance.now() - startedAt) / 1_000) };
  },

  /** So many jobs a second, whether or not the last one was acknowledged. */
  async open({ rate = 1, secs = 1 }) {
    const startedAt = performance.now();
    const pending: Promise<void>[] = [];
    for (let n = 0; n < rate * secs; n += 1) {
      const waitMs = startedAt + (n * 1_000) / rate - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      if (producer !== null) pending.push(producer.put(newJob()));
    }
    await Promise.all(pending);
    const n = pending.length;
    return { n, perSec: n / ((performance.now() - startedAt) / 1_000) };
  },

  async work({ conc = 1 }) {
    if (target === null) throw new Error('init comes first');
    const events: WorkerEvents = {
      started: (sentAtMs) => latencies.push(wallMs() - sentAtMs),
      completed() {
        got += 1;
      },
    };
    if (target.kind === 'market') await workForMarket(target, events);
    else await workForReference(target, conc, events);
  },

  reset() {
    latencies = [];
    got = 0;
  },

  stat() {
    const sorted = Float64Array.from(latencies).sort();
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentile(sorted, share));
    return { got, p50, p90, p99 };
  },
};

interface Call {
  k: number;
  op: string;
  a?: Record<string, number>;
}

async function answer({ k, op, a = {} }: Call): Promise<void> {
  try {
    const result: unknown = await operations[op]?.(a);
    process.send?.({ k, r: result ?? null });
  } catch (error) {
    process.send?.({ k, e: error instanceof Error ? error.stack : String(error) });
  }
}

process.on('message', (call) => void answer(call as Call));
process.on('disconnect', () => process.exit(0));
process.send?.('up');
