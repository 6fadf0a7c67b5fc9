import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';

export interface DailyLogOptions {
  folder: string;
  /** Beginning of the names, such as `node3_agent`. */
  name: string;
  clock: Pick<Clock, 'nowMs'>;
  /** Bytes after which a day goes on in another file. */
  fileBytesMax: number;
  /** Bytes of all files together; the oldest go. */
  filesBytesMax: number;
  /** Days that are kept, this one included. */
  daysMax: number;
}

interface LogFile {
  name: string;
  day: string;
  part: number;
}

const dayMs = 86_400_000;

/**
 * A log in files of one day each, `<name>_2026-11-26.log`, and `<name>_2026-11-26.1.log` once that is
 * full. Lines are written at once, so that the last words of a process are there. A disk that is full
 * loses lines and ends nothing.
 */
export class DailyLog {
  readonly #options: DailyLogOptions;
  #file: LogFile | null = null;
  #descriptor: number | null = null;
  #bytes = 0;

  constructor(options: DailyLogOptions) {
    this.#options = options;
  }

  write(line: string): void {
    try {
      const bytes = Buffer.byteLength(line);
      this.#prepare(bytes);
      if (this.#descriptor === null) return;
      writeSync(this.#descriptor, line);
      this.#bytes += bytes;
    } catch {
      // Nobody else is there to be told: standard error has the line as well.
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#file = null;
  }

  #prepare(bytes: number): void {
    const { clock, fileBytesMax } = this.#options;
    const day = dayOf(clock.nowMs());
    const isFull = this.#bytes + bytes > fileBytesMax && this.#bytes > 0;
    if (this.#descriptor !== null && this.#file?.day === day && !isFull) return;
    const last = this.#list().findLast((file) => file.day === day);
    this.#open({ day, part: nextPart(last, isFull && this.#file?.day === day) });
    this.#prune(day);
  }

  #open({ day, part }: Omit<LogFile, 'name'>): void {
    const { folder, fileBytesMax, name } = this.#options;
    this.close();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = `${name}_${day}${part === 0 ? '' : `.${part}`}.log`;
    const descriptor = openSync(join(folder, file), 'a', 0o600);
    const { size } = statSync(join(folder, file));
    if (size >= fileBytesMax) {
      closeSync(descriptor);
      this.#open({ day, part: part + 1 });
      return;
    }
    this.#descriptor = descriptor;
    this.#file = { name: file, day, part };
    this.#bytes = size;
  }

  #prune(today: string): void {
    const { daysMax, filesBytesMax, fileBytesMax, folder } = this.#options;
    const oldest = dayOf(Date.parse(today) - (daysMax - 1) * dayMs);
    // The one that is being written may still grow to its full size.
    let bytes = fileBytesMax;
    for (const file of this.#list().toReversed()) {
      if (file.name === this.#file?.name) continue;
      const path = join(folder, file.name);
      bytes += statSync(path).size;
      if (file.day < oldest || bytes > filesBytesMax) rmSync(path, { force: true });
    }
  }

  /** Oldest first. */
  #list(): LogFile[] {
    const { folder, name } = this.#options;
    const files = readdirIfThere(folder).flatMap((each) => {
      const match = /^(.+)_(\d{4}-\d\d-\d\d)(?:\.(\d{1,6}))?\.log$/.exec(each);
      if (match?.[1] !== name || match[2] === undefined) return [];
      return [{ name: each, day: match[2], part: Number(match[3] ?? 0) }];
    });
    return files.toSorted((a, b) => a.day.localeCompare(b.day) || a.part - b.part);
  }
}

function nextPart(last: LogFile | undefined, isFull: boolean): number {
  if (last === undefined) return 0;
  return isFull ? last.part + 1 : last.part;
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The day in UTC, as the times of the lines are. */
function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
