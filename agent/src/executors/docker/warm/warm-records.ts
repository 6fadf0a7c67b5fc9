import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isNotFound } from '@node3/shared/file-error';
import type { Logger } from '@node3/shared/logger';
import type { ContainerFacts } from '../container-labels.ts';

/** What an execution got that runs in a container which was started before it. */
export interface WarmRecord {
  facts: ContainerFacts;
  startedAtMs: number;
  /** Whether its container was told what to run: until then no code that it ends with is the job's. */
  isTold: boolean;
}

/** So many lines are written before the file is written anew. */
const linesMax = 1_000;

/**
 * Which execution has which of these containers. A container's labels are set before its job is
 * known, so that stands in a file of the agent before the job gets its first instruction: one line
 * for each change, `[executionId, record]`, or null for a record when the execution is gone.
 *
 * Each write is with the kernel when it returns, so it outlives this process however that ends. It is
 * not waited for on the disk: a power cut that takes it takes the container with it.
 */
export class WarmRecords {
  readonly #file: string;
  readonly #log: Logger;
  readonly #records: Map<string, WarmRecord>;
  /** Unknown until the file was written anew: what is in it may end within a line. */
  #lines = Number.POSITIVE_INFINITY;

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
    this.#records = readRecords(file, log);
  }

  get(executionId: string): WarmRecord | null {
    return this.#records.get(executionId) ?? null;
  }

  /** @returns the execution that has a container; null for none. */
  ownerOf(boxId: string): string | null {
    for (const [executionId, { facts }] of this.#records) {
      if (facts.boxId === boxId) return executionId;
    }
    return null;
  }

  /** Throws the system's error; then nothing has changed for this process or the next. */
  save(record: WarmRecord): void {
    const { executionId } = record.facts;
    const before = this.get(executionId);
    this.#records.set(executionId, record);
    try {
      this.#write(executionId, record);
    } catch (error) {
      if (before === null) this.#records.delete(executionId);
      else this.#records.set(executionId, before);
      throw error;
    }
  }

  /** Where that can't be written it is by the next write that can. */
  remove(executionId: string): void {
    if (!this.#records.delete(executionId)) return;
    try {
      this.#write(executionId, null);
    } catch (error) {
      this.#log.warn({ err: error, executionId }, 'a container that waited is still in its list');
    }
  }

  #write(executionId: string, record: WarmRecord | null): void {
    const lines = this.#lines + 1;
    this.#lines = Number.POSITIVE_INFINITY;
    if (lines <= linesMax) {
      appendFileSync(this.#file, toLine(executionId, record));
      this.#lines = lines;
      return;
    }
    const text = [...this.#records].map(([id, each]) => toLine(id, each)).join('');
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
    this.#lines = this.#records.size;
  }
}

function toLine(executionId: string, record: WarmRecord | null): string {
  return `${JSON.stringify([executionId, record])}\n`;
}

/** Without a file that can be read no job has a container that waited: the sweep removes those. */
function readRecords(file: string, log: Logger): Map<string, WarmRecord> {
  const records = new Map<string, WarmRecord>();
  try {
    // What a full disk cut off is not ended by a line break: its writer was told that it failed.
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
      const entry = readEntry(line);
      if (entry === null) log.warn({ file }, 'a line of the containers that waited is not used');
      else if (entry[1] === null) records.delete(entry[0]);
      else records.set(entry[0], entry[1]);
    }
  } catch (error) {
    if (!isNotFound(error)) {
      log.warn({ err: error, file }, 'the list of containers that waited can not be read');
    }
  }
  return records;
}

function readEntry(line: string): [string, WarmRecord | null] | null {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : null;
  } catch {
    return null;
  }
}

function isEntry(entry: unknown): entry is [string, WarmRecord | null] {
  const [executionId, record] = (Array.isArray(entry) ? entry : []) as [unknown, unknown];
  if (typeof executionId === 'string' && record === null) return true;
  const { facts, startedAtMs } = (record ?? {}) as Partial<WarmRecord>;
  const { boxId, executionId: own, jobId, ...rest } = (facts ?? {}) as Partial<ContainerFacts>;
  const numbers = [startedAtMs, rest.attempt, rest.runMs, rest.diskBytes, rest.logBytesMax];
  const texts = [executionId, boxId, own, jobId];
  return (
    own === executionId &&
    texts.every((text) => typeof text === 'string') &&
    numbers.every((number) => Number.isSafeInteger(number))
  );
}
