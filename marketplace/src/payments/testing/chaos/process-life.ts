import { existsSync, statSync } from 'node:fs';
import type { ChaosTrace } from './chaos-trace.ts';
import { Crash, type CrashPlan } from './crash-plan.ts';

/** Bytes of the log of writes between which the power failed: a part of the last commit. */
export interface TornWrite {
  fromByte: number;
  toByte: number;
}

/** One process from its start to its crash. After that nothing it began comes to an end. */
export class ProcessLife {
  readonly #plan: CrashPlan;
  readonly #trace: ChaosTrace;
  readonly #logPath: string;
  #dead = false;
  #tornWrite: TornWrite | null = null;

  constructor(plan: CrashPlan, trace: ChaosTrace, databasePath: string) {
    this.#plan = plan;
    this.#trace = trace;
    this.#logPath = `${databasePath}-wal`;
  }

  get dead(): boolean {
    return this.#dead;
  }

  get tornWrite(): TornWrite | null {
    return this.#tornWrite;
  }

  assertAlive(): void {
    if (this.#dead) throw new Crash('the process is gone');
  }

  /** Throws Crash when the process dies at this boundary, or is dead already. */
  reach(boundary: string): void {
    this.assertAlive();
    if (!this.#plan.strikes(boundary, this.#trace)) return;
    this.#dead = true;
    throw new Crash(boundary);
  }

  /** Whether the power fails during this write. From here on nobody gets an answer. */
  tears(operation: string): boolean {
    if (!this.#plan.strikes(`torn ${operation}`, this.#trace)) return false;
    this.#dead = true;
    const fromByte = this.#logBytes();
    this.#tornWrite = { fromByte, toByte: fromByte };
    return true;
  }

  /** The torn write is done, as far as the disk got it. */
  torn(): void {
    if (this.#tornWrite !== null) this.#tornWrite.toByte = this.#logBytes();
  }

  #logBytes(): number {
    return existsSync(this.#logPath) ? statSync(this.#logPath).size : 0;
  }
}
