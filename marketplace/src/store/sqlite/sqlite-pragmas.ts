import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type Database from 'better-sqlite3';

const mebibyte = 1024 ** 2;
/** The indexes of a million jobs are read again and again; memory is taken as used. */
const cacheBytesMax = 64 * mebibyte;
/** The queue's own few thousand pages. */
const cacheBytesMin = 8 * mebibyte;
/** Of what the process may have: the program itself takes most of a small machine. */
const cachePart = 1 / 16;

/** For its pages. `memoryBytes`: what the process may have. */
export function pageCacheBytes(memoryBytes: number): number {
  return Math.min(cacheBytesMax, Math.max(cacheBytesMin, Math.floor(memoryBytes * cachePart)));
}

/** What the process may have: a container may have less than the machine, and an operator says less. */
function ownMemoryBytes(): number {
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  // A heap is half of a small machine's memory.
  return Math.min(totalmem(), constrained, 2 * getHeapStatistics().heap_size_limit);
}

// Negative is KiB.
const cacheSize = -Math.floor(pageCacheBytes(ownMemoryBytes()) / 1024);

/**
 * `synchronous=FULL` must be set at every open: the library opens existing WAL files at NORMAL,
 * which loses acknowledged commits in a power cut (3 of 3 simulated cuts, 2026-11-21).
 * The exclusive lock also keeps the `-shm` file away, whose mapping kills the process on a full disk.
 */
const wanted: Record<string, { set: string; is: unknown; isInMemory: unknown }> = {
  locking_mode: { set: 'EXCLUSIVE', is: 'exclusive', isInMemory: 'exclusive' },
  journal_mode: { set: 'WAL', is: 'wal', isInMemory: 'memory' },
  synchronous: { set: 'FULL', is: 2n, isInMemory: 2n },
  foreign_keys: { set: 'ON', is: 1n, isInMemory: 1n },
  // The log moves when nobody waits for it: see sqlite-checkpoint.ts.
  wal_autocheckpoint: { set: '0', is: 0n, isInMemory: 0n },
  cache_size: { set: String(cacheSize), is: BigInt(cacheSize), isInMemory: BigInt(cacheSize) },
  temp_store: { set: 'MEMORY', is: 2n, isInMemory: 2n },
};

/** Sets what durability rests on and proves that it is in force. Takes the lock on the file. */
export function setPragmas(db: Database.Database): void {
  for (const [name, { set }] of Object.entries(wanted)) db.pragma(`${name} = ${set}`);
  for (const [name, { is, isInMemory }] of Object.entries(wanted)) {
    const expected = db.memory ? isInMemory : is;
    const actual: unknown = db.pragma(name, { simple: true });
    if (actual !== expected) {
      throw new Error(`SQLite refused ${name} = ${String(expected)}; it is ${String(actual)}.`);
    }
  }
}
