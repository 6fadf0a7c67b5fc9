import { readFile } from 'node:fs/promises';
import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { strictObject } from '@node3/shared/schema';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { agentLimits } from './agent-limits.ts';
import type { writePrivateFile } from './secrets.ts';

/** Starts that have not proved yet that they can live, and the last known reason of a death. */
const StartRecord = strictObject({
  startsMs: Type.Array(Type.Number(), { maxItems: 100 }),
  reason: Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]),
});
type StartRecord = Static<typeof StartRecord>;

export interface CrashGuardDeps {
  clock: Pick<Clock, 'nowMs'>;
  log: Logger;
  /** File that remembers the starts. */
  path: string;
  /** Deaths within `crashWindowMs` after which the next start waits; 0 never waits. */
  deathsMax: number;
  writePrivateFile: typeof writePrivateFile;
  /** How long what an earlier process left running here may run, milliseconds. */
  leaseLeftMs: () => number;
  /** No lease of this machine lives any more, and nobody looks after what runs here. */
  onAbandoned: () => void;
  /** The agent begins to wait, or waits no more. */
  onChange: () => void;
}

/**
 * Breaks a loop of crashes: an agent that dies again and again right after its start takes no work
 * at the next one, until somebody has looked or a while has passed. Whatever kills it would cost
 * every job that it takes, and the machine's owner would see nothing but restarts.
 */
export class CrashGuard {
  readonly #deps: CrashGuardDeps;
  #record: StartRecord = { startsMs: [], reason: null };
  #heldUntilMs: number | null = null;
  #released = Promise.withResolvers<void>();
  #timers: NodeJS.Timeout[] = [];
  #isNoted = false;
  #isOver = false;
  #written: Promise<void> = Promise.resolve();

  constructor(deps: CrashGuardDeps) {
    this.#deps = deps;
  }

  /** Why the agent waits, for a person; null while it does not. */
  get heldBy(): string | null {
    if (this.#heldUntilMs === null) return null;
    const { reason, startsMs } = this.#record;
    const until = new Date(this.#heldUntilMs).toISOString().slice(11, 16);
    const minutes = agentLimits.crashWindowMs / 60_000;
    const why = reason === null ? 'The reason is not known: look at its log.' : `Last: ${reason}`;
    return `The agent died ${startsMs.length - 1} times within ${minutes} minutes, so it takes no work until you resume it, or until ${until} UTC. ${why}`;
  }

  /** Notes this start. Resolves when the agent may work, which mostly is at once. */
  async begin(): Promise<void> {
    const { clock, deathsMax, leaseLeftMs, log, onAbandoned, onChange } = this.#deps;
    if (deathsMax === 0) return;
    const nowMs = clock.nowMs();
    const { startsMs, reason } = await this.#read();
    if (this.#isOver) return;
    const recent = startsMs.filter((atMs) => Math.abs(nowMs - atMs) < agentLimits.crashWindowMs);
    this.#record = { startsMs: [...recent.slice(-deathsMax), nowMs], reason };
    this.#isNoted = true;
    await this.#write();
    if (this.#isOver) return;
    if (recent.length >= deathsMax) {
      this.#heldUntilMs = nowMs + agentLimits.crashHoldMs;
      this.#later(agentLimits.crashHoldMs, () => this.release());
      this.#later(Math.min(leaseLeftMs(), limits.leaseMs), onAbandoned);
      log.error({ deaths: recent.length, reason }, 'the agent died again and again and waits now');
      onChange();
      await this.#released.promise;
    }
    if (this.#isOver) return;
    this.#later(agentLimits.crashHealthyMs, () => this.#forget());
  }

  /** Somebody has looked. */
  release(): void {
    if (this.#heldUntilMs === null) return;
    this.#heldUntilMs = null;
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#released.resolve();
    this.#deps.onChange();
  }

  /** It ends because it was told to, or with a reason that the next start shall tell. */
  async end(reason: string | null): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#released.resolve();
    if (!this.#isNoted) return;
    const { startsMs } = this.#record;
    // A start that was ended on purpose is no death.
    this.#record =
      reason === null ? { startsMs: startsMs.slice(0, -1), reason } : { startsMs, reason };
    await this.#write();
  }

  #forget(): void {
    this.#record = { startsMs: [], reason: null };
    void this.#write();
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(run, ms);
    timer.unref();
    this.#timers.push(timer);
  }

  async #read(): Promise<StartRecord> {
    try {
      const record: unknown = JSON.parse(await readFile(this.#deps.path, 'utf8'));
      if (Check(StartRecord, record)) return record;
    } catch {
      // None yet, or damaged: then nothing is known of earlier starts.
    }
    return { startsMs: [], reason: null };
  }

  /** One after the other: the last word is what the next start reads. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() => this.#writeRecord());
    return this.#written;
  }

  /** A disk that is full is no reason not to start, and none not to end. */
  async #writeRecord(): Promise<void> {
    const { log, path, writePrivateFile } = this.#deps;
    const { startsMs, reason } = this.#record;
    const record = { startsMs, reason: reason?.slice(0, 2_000) ?? null };
    try {
      await writePrivateFile(path, `${JSON.stringify(record)}\n`);
    } catch (error) {
      log.warn({ err: error }, 'the record of starts could not be written');
    }
  }
}
