import { statfs } from 'node:fs/promises';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { storageRetrySec } from '../store/storage-full.ts';

/** What the marketplace writes, by the disk it is on. */
export const diskNames = ['data', 'database', 'artifacts'] as const;
export type DiskName = (typeof diskNames)[number];

export interface Disk {
  name: DiskName;
  /** Any folder on it. */
  folder: string;
}

/** Sizes in bytes; what can't be read is not listed. */
export interface DiskSize {
  name: DiskName;
  free: number;
  whole: number;
}

export interface DiskRoomOptions {
  disks: readonly Disk[];
  /** Bytes that new work leaves free on each disk; 0 refuses nothing. */
  reserveBytes: number;
  log: Logger;
  /** Bytes of the disk with a folder; null where the system doesn't say. */
  read?: (folder: string) => Promise<{ free: number; whole: number } | null>;
}

/** New work begins again only well above where it ended, so that nothing flaps. */
const recovery = 1.25;
/** Of the reserve, files and logs of jobs may take so much; the rest is for results and money. */
const shareForFiles = 0.75;

/**
 * Whether there is room for new work. What runs already has the reserve: its results, its log and its
 * payouts are written as long as anything can be.
 */
export class DiskRoom {
  readonly #options: DiskRoomOptions;
  readonly #listeners: (() => void)[] = [];
  #sizes: DiskSize[] = [];
  #low: DiskSize | null = null;
  /** Of parts that are on their way. */
  #heldBytes = 0;
  /** Executions of which a file found no room, the last ones. */
  readonly #refusedOutputs = new Set<string>();

  constructor(options: DiskRoomOptions) {
    this.#options = options;
  }

  /** The disks as of the last look. */
  get sizes(): readonly DiskSize[] {
    return this.#sizes;
  }

  /** Why new work is refused, as one sentence; null while it is taken. */
  get refusal(): string | null {
    if (this.#low === null) return null;
    const { name, free } = this.#low;
    const { reserveBytes } = this.#options;
    return `New work is refused: ${free} bytes are free on the disk of the ${name}, and ${reserveBytes} are kept for what runs.`;
  }

  /** Called when new work begins or ends to be refused. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Looks at the disks. */
  async look(): Promise<void> {
    const { disks, log, read = readDisk, reserveBytes } = this.#options;
    const found = await Promise.all(
      disks.map(async ({ name, folder }) => {
        const size = await read(folder);
        return size === null ? [] : [{ name, ...size }];
      }),
    );
    this.#sizes = found.flat();
    const needed = this.#low === null ? reserveBytes : reserveBytes * recovery;
    const wasLow = this.#low !== null;
    this.#low = this.#sizes.find(({ free }) => free < needed) ?? null;
    const isLow = this.#low !== null;
    if (isLow === wasLow) return;
    if (this.#low === null) log.warn({ disks: this.#sizes }, 'new work is taken again');
    else log.error({ ...this.#low, reserveBytes }, 'new work is refused: the disk is nearly full');
    for (const listener of this.#listeners) listener();
  }

  /** Throws STORAGE_FULL while new work is refused. */
  assertForNewWork(): void {
    if (this.refusal !== null) throw refused(this.refusal);
  }

  /** Whether logs are kept; the last of the reserve is for results and money. */
  get takesLogs(): boolean {
    const free = this.#freeOn('database');
    return free === null || free >= this.#lastBytes;
  }

  /** A file of this execution found no room: it is not the agent's fault that it can't deliver. */
  noteRefusedOutput(executionId: string): void {
    this.#refusedOutputs.add(executionId);
    const [oldest] = this.#refusedOutputs;
    if (this.#refusedOutputs.size > refusedOutputsMax && oldest !== undefined) {
      this.#refusedOutputs.delete(oldest);
    }
  }

  hasRefusedOutputOf(executionId: string): boolean {
    return this.#refusedOutputs.has(executionId);
  }

  /**
   * Room for a part that comes, beside those that come already: of the reserve it takes nothing that
   * results and money need. One for an object store waits in the data folder until it is whole.
   * Throws STORAGE_FULL.
   * @returns what gives it back.
   */
  holdPart(bytes: number): () => void {
    const wanted = this.#heldBytes + bytes;
    const free = this.#freeOn('artifacts') ?? this.#freeOn('data');
    if (free !== null && free - wanted < this.#lastBytes) {
      throw refused(`${wanted} bytes of parts at a time find no room; ${free} are free.`);
    }
    this.#heldBytes = wanted;
    return () => {
      this.#heldBytes -= bytes;
    };
  }

  /** The smallest share that is free of any disk, 0 to 1; null where nothing is known. */
  freeRatio(): number | null {
    if (this.#sizes.length === 0) return null;
    return Math.min(...this.#sizes.map(({ free, whole }) => free / whole));
  }

  get #lastBytes(): number {
    return this.#options.reserveBytes * (1 - shareForFiles);
  }

  /** null where that disk is not ours to look at, or nothing is refused for it. */
  #freeOn(name: DiskName): number | null {
    if (this.#options.reserveBytes === 0) return null;
    return this.#sizes.find((size) => size.name === name)?.free ?? null;
  }
}

/** More than can be uploading at a time. */
const refusedOutputsMax = 10_000;

function refused(detail: string): MarketError {
  return new MarketError('STORAGE_FULL', { detail, retryAfterSec: storageRetrySec });
}

async function readDisk(folder: string) {
  const disk = await statfs(folder).catch(() => null);
  if (disk === null || disk.blocks === 0) return null;
  return { free: disk.bavail * disk.bsize, whole: disk.blocks * disk.bsize };
}
