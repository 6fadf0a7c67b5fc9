import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { WorkloadHandle } from '../executors/executor.ts';

/** A workload, and when it has to be over by the clock that also counts a machine's sleep. */
export interface KeptLease {
  handle: WorkloadHandle;
  untilBootMs: number;
}

/** What an agent leaves for its keeper, in a file that either of them may outlive. */
export interface KeptLeases {
  /** Which keeper it is for: any other ends. */
  keeperId: string;
  leases: KeptLease[];
}

/** Replaced in one step: with the kernel when this returns, and no reader sees half of it. */
export function writeKeptLeases(file: string, kept: KeptLeases): void {
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @returns null where there is no such file any more. */
export function readKeptLeases(file: string): KeptLeases | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptLeases;
  } catch {
    return null;
  }
}
