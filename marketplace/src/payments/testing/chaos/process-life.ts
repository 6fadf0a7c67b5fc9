import { existsSync, readFileSync, statSync } from 'node:fs';
import type { RunTrace } from '../../../testing/run-trace.ts';
import { Crash, type CrashPlan } from './crash-plan.ts';

/** Bytes of the log of writes between which the power failed: a part of the last commit. */
export interface TornWrite {
  fromByte: number;
  toByte: number;
}

interface WriteUnderWay {
  fromByte: number;
  database: Buffer;
}

/** One process from its start to its crash. After that nothing it began comes to an end. */
export class ProcessLife {
  readonly #plan: CrashPlan;
  readonly #trace: RunTrace;
  readonly #databasePath: string;
  readonly #logPath: string;
  #dead = false;
  #underWay: WriteUnderWay | null = null;
  #tornWrite: TornWrite | null = null;

  constructor(plan: CrashPlan, trace: RunTrace, databasePath: string) {
    this.#plan = plan;
    this.#trace = trace;
    this.#databasePath = databasePath;
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
    const database = readFileSync(this.#databasePath);
    this.#underWay = { fromByte: this.#logBytes(), database };
    return true;
  }

  /**
   * The torn write is done, as far as the disk got it. One whose pages are in the database file
   * already is past the point where the log could have lost it: SQLite syncs the log before that.
   */
  torn(): void {
    if (this.#underWay === null) return;
    const { fromByte, database } = this.#underWay;
    const isInDatabase = !readFileSync(this.#databasePath).equals(database);
    if (!isInDatabase) this.#tornWrite = { fromByte, toByte: this.#logBytes() };
  }

  #logBytes(): number {
    return existsSync(this.#logPath) ? statSync(this.#logPath).size : 0;
  }
}
