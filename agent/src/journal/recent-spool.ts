import { numberBlocks, RecentBlocks } from '@node3/shared/recent-blocks';
import type { ByteBlock } from './byte-blocks.ts';
import type { SpooledBlock } from './journal.ts';

/** Kept of one execution: what is on its way and what is written next. */
const bytesMax = 8 * 1024 * 1024;

/** A block has its own cost: streams that take turns have one for each line. */
const blockBytes = 512;

function sizeOf({ bytes }: SpooledBlock): number {
  return bytes.length + blockBytes;
}

/** What was just written of each open execution, for whoever sends it. Nothing of it is the only copy. */
export class RecentSpool {
  readonly #ofExecution = new Map<string, RecentBlocks<SpooledBlock>>();

  append(executionId: string, seqFirst: number, blocks: readonly ByteBlock[]): void {
    const recent = this.#ofExecution.get(executionId) ?? new RecentBlocks(bytesMax, sizeOf);
    this.#ofExecution.set(executionId, recent);
    recent.add(numberBlocks(seqFirst, blocks));
  }

  /** null: to be read from where it was written. */
  after(executionId: string, seq: number): SpooledBlock[] | null {
    return this.#ofExecution.get(executionId)?.after(seq) ?? null;
  }

  dropTo(executionId: string, seq: number): void {
    this.#ofExecution.get(executionId)?.dropTo(seq);
  }

  forget(executionId: string): void {
    this.#ofExecution.delete(executionId);
  }
}
