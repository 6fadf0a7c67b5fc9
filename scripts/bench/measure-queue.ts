import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import type { LoadStatus, Produced } from './load.ts';
import { cpuMs, diskFlushes } from './machine-counters.ts';
import { waitUntil } from './wait-until.ts';

/** What one round says about one contender; null where it can't be known. */
export interface QueueSample {
  jobsPerSec: number;
  cpuUsPerJob: number;
  /** Of the whole disk: others' work shows here. */
  flushesPerJob: number | null;
  commitsPerJob: number | null;
  startP50Ms: number;
  startP99Ms: number;
}

const producers = 64;
const warmSec = 0.5;
const settleMs = 300;
const drainMsMax = 30_000;

export interface MeasureOptions {
  folder: string;
  secs: number;
}

/** Whole jobs with 64 of them being posted at any time: posted, claimed, ended, all on disk. */
export async function measureSaturated(
  contender: Contender,
  { folder, secs }: MeasureOptions,
): Promise<QueueSample> {
  const { producer, worker } = contender;
  await worker.call('reset');
  await drained(contender, await producer.call<Produced>('enq', { C: 4, secs: warmSec }), 0);
  await worker.call('reset');
  const before = await counters(contender, folder);
  const produced = await producer.call<Produced>('enq', { C: producers, secs });
  const status = await worker.call<LoadStatus>('stat');
  const seconds = produced.n / produced.perSec;
  // What is still queued then has to be worked off: its cost belongs to the jobs.
  await drained(contender, produced, status.got);
  const after = await counters(contender, folder);
  const { p50, p99 } = await worker.call<LoadStatus>('stat');
  return {
    ...perJob(before, after, produced.n),
    jobsPerSec: status.got / seconds,
    startP50Ms: p50,
    startP99Ms: p99,
  };
}

/** So many jobs a second: what a job waits for its worker when the queue is not full. */
export async function measureOpenLoop(
  contender: Contender,
  { folder, secs }: MeasureOptions,
  rate: number,
): Promise<QueueSample> {
  const { producer, worker } = contender;
  await worker.call('reset');
  const before = await counters(contender, folder);
  const produced = await producer.call<Produced>('open', { rate, secs });
  await drained(contender, produced, 0);
  const after = await counters(contender, folder);
  const { got, p50, p99 } = await worker.call<LoadStatus>('stat');
  return {
    ...perJob(before, after, got),
    jobsPerSec: produced.perSec,
    startP50Ms: p50,
    startP99Ms: p99,
  };
}

/** One job at a time, each begun after the last one ended. */
export async function measureLone(
  contender: Contender,
  { folder }: MeasureOptions,
  jobs: number,
): Promise<QueueSample> {
  const { producer, worker } = contender;
  await worker.call('reset');
  const before = await counters(contender, folder);
  const startedAt = performance.now();
  for (let index = 1; index <= jobs; index += 1) {
    await producer.call('open', { rate: 1, secs: 1 });
    await untilGot(contender, index, 'a lone job');
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await counters(contender, folder);
  const { p50, p99 } = await worker.call<LoadStatus>('stat');
  return {
    ...perJob(before, after, jobs),
    jobsPerSec: jobs / seconds,
    startP50Ms: p50,
    startP99Ms: p99,
  };
}

interface Counters {
  cpuMs: number;
  flushes: number | null;
  commits: number | null;
}

async function counters(contender: Contender, folder: string): Promise<Counters> {
  const { producer, worker } = contender;
  const pids = [producer.pid, worker.pid, ...contender.serverPids()];
  const flushes = diskFlushes(folder);
  return {
    cpuMs: pids.reduce((sum, pid) => sum + cpuMs(pid), 0),
    flushes: 'value' in flushes ? flushes.value : null,
    commits: await contender.commits(),
  };
}

function perJob(before: Counters, after: Counters, jobs: number) {
  const share = (a: number | null, b: number | null) =>
    a === null || b === null || jobs === 0 ? null : (b - a) / jobs;
  return {
    cpuUsPerJob: ((after.cpuMs - before.cpuMs) * 1_000) / jobs,
    flushesPerJob: share(before.flushes, after.flushes),
    commitsPerJob: share(before.commits, after.commits),
  };
}

/** A queue that still works off a round would disturb the next one. */
async function drained(contender: Contender, { n }: Produced, got: number): Promise<void> {
  if (got < n) await untilGot(contender, n, 'the end of the queue');
  await sleep(settleMs);
}

async function untilGot({ name, worker }: Contender, n: number, what: string): Promise<void> {
  const isDone = async () => {
    const status = await worker.call<LoadStatus>('stat');
    return status.got >= n ? true : null;
  };
  await waitUntil(`${what} (${name})`, isDone, drainMsMax);
}
