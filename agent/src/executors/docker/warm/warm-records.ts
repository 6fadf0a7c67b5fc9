import { readFileSync } from 'node:fs';
import { isNotFound } from '@node3/shared/file-error';
import { writePrivateFile } from '../../../secrets.ts';
import type { ContainerFacts } from '../container-labels.ts';

/** What an execution got that runs in a container which was started before it. */
export interface WarmRecord {
  facts: ContainerFacts;
  startedAtMs: number;
}

/**
 * Which execution has which of these containers. A container's labels are set before its job is
 * known, so that stands in a file of the agent, on disk before the job gets its first instruction.
 */
export class WarmRecords {
  readonly #file: string;
  readonly #records: Map<string, WarmRecord>;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.#records = new Map(readRecords(file));
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

function readRecords(file: string): [string, WarmRecord][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, WarmRecord][];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
