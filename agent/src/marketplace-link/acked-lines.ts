import type { Clock } from '@node3/shared/clock';
import { agentLimits } from '../agent-limits.ts';
import type { Journal, JournalExecution } from '../journal/journal.ts';

export interface AckedLinesDeps {
  journal: Pick<Journal, 'ackLines'>;
  clock: Pick<Clock, 'monotonicMs'>;
}

/**
 * How far the marketplace has the lines of one execution. On disk it is a little behind: a commit
 * for each batch would cost as much as the lines themselves.
 */
export class AckedLines {
  readonly #deps: AckedLinesDeps;
  readonly #executionId: string;
  #seq = 0;
  #seqSaved = 0;
  #savedAtMs: number;

  constructor(executionId: string, deps: AckedLinesDeps) {
    this.#executionId = executionId;
    this.#deps = deps;
    this.#savedAtMs = deps.clock.monotonicMs();
  }

  /** The last line that need not be sent again. */
  seqOf({ lines }: Pick<JournalExecution, 'lines'>): number {
    return Math.max(lines.acked, this.#seq);
  }

  note(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    this.saveWhenDue();
  }

  /** @returns how long it may still stay unsaved, milliseconds; null where all is saved. */
  saveWhenDue(): number | null {
    if (this.#seq === this.#seqSaved) return null;
    const { clock, journal } = this.#deps;
    const leftMs = this.#savedAtMs + agentLimits.logAckMs - clock.monotonicMs();
    if (leftMs > 0) return leftMs;
    journal.ackLines(this.#executionId, this.#seq, agentLimits.logTailLines);
    this.#seqSaved = this.#seq;
    this.#savedAtMs = clock.monotonicMs();
    return null;
  }
}
