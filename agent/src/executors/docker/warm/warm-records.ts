import { readFileSync } from 'node:fs';
import { isNotFound } from '@node3/shared/file-error';
import type { Logger } from '@node3/shared/logger';
import { writePrivateFile } from '../../../secrets.ts';
import type { ContainerFacts } from '../container-labels.ts';

/** What an execution got that runs in a container which was started before it. */
export interface WarmRecord {
  facts: ContainerFacts;
  startedAtMs: number;
  /** Whether its container was told what to run: until then no code that it ends with is the job's. */
  isTold: boolean;
}

/**
 * Which execution has which of these containers. A container's labels are set before its job is
 * known, so that stands in a file of the agent, on disk before the job gets its first instruction.
 */
export class WarmRecords {
  readonly #file: string;
  readonly #records: Map<string, WarmRecord>;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#records = new Map(readRecords(file, log));
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

  async save(record: WarmRecord): Promise<void> {
    this.#records.set(record.facts.executionId, record);
    await this.#write();
  }

  async remove(executionId: string): Promise<void> {
    if (this.#records.delete(executionId)) await this.#write();
  }

  #write(): Promise<void> {
    const write = () => writePrivateFile(this.#file, JSON.stringify([...this.#records]));
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}

/** Without a file that can be read no job has a container that waited: the sweep removes those. */
function readRecords(file: string, log: Logger): [string, WarmRecord][] {
  try {
    const records: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(records) && records.every(isEntry)) return records;
    log.warn({ file }, 'what stands in the list of containers that waited is not used');
  } catch (error) {
    if (isNotFound(error)) return [];
    log.warn({ err: error, file }, 'the list of containers that waited can not be read');
  }
  return [];
}

function isEntry(entry: unknown): entry is [string, WarmRecord] {
  const [executionId, record] = (Array.isArray(entry) ? entry : []) as [unknown, unknown];
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
