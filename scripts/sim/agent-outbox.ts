import type { JournalExecution } from '@node3/agent/journal/journal';
import { isFinalAnswer } from '@node3/agent/marketplace-link/report-result';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { AnswerOf, AskOf, OperationName } from '@node3/marketplace/testing/sim/operations';
import { MarketError } from '@node3/shared/error';
import type { StopCause } from './agent-story.ts';
import type { MemoryJournal } from './memory-journal.ts';

interface OutboxDeps {
  journal: MemoryJournal;
  agentId: string;
  random: SeededRandom;
  call: <Name extends OperationName>(name: Name, ask: AskOf<Name>) => Promise<AnswerOf<Name>>;
  pause: (ms: number) => Promise<void>;
  onStop: (executionId: string, cause: StopCause) => void;
  onClosed: (executionId: string) => void;
}

/** Tells the marketplace phases, lines and results, from the journal and until it has answered. */
export class AgentOutbox {
  readonly #deps: OutboxDeps;
  readonly #pumps = new Map<string, { wake: () => void }>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  wake(executionId: string): void {
    const pump = this.#pumps.get(executionId);
    if (pump !== undefined) {
      pump.wake();
      return;
    }
    void this.#pump(executionId);
  }

  async #pump(executionId: string): Promise<void> {
    const { journal, pause, random } = this.#deps;
    const pump = { wake: () => undefined as void };
    this.#pumps.set(executionId, pump);
    const told = { phase: '' };
    for (let failures = 0; ; ) {
      const execution = journal.find(executionId);
      if (execution === null || execution.closed !== null) break;
      const news = new Promise<void>((resolve) => {
        pump.wake = resolve;
      });
      try {
        const hasMore = await this.#turn(execution, told);
        failures = 0;
        if (!hasMore && journal.find(executionId) === execution) await news;
      } catch {
        failures += 1;
        const backoffMs = Math.min(60_000, 1_000 * 2 ** (failures - 1));
        await pause(backoffMs * (0.75 + random.next() * 0.5));
      }
    }
    this.#pumps.delete(executionId);
    this.#deps.onClosed(executionId);
  }

  /** @returns whether there is more to say at once. Throws what a later try may mend. */
  async #turn(execution: JournalExecution, told: { phase: string }): Promise<boolean> {
    const { journal, call, onStop } = this.#deps;
    const { executionId, phase, pending, result, lines } = execution;
    const fenced = this.#fenced(execution);
    if (pending === 'release') {
      const released = await this.#ask(() => call('release', fenced));
      journal.recordClosed(executionId, released === null ? 'superseded' : 'released');
      return true;
    }
    if (phase === 'offered') return false;
    const wirePhase = phase === 'running' ? 'running' : 'preparing';
    if (pending === null && phase !== 'accepted' && told.phase !== wirePhase) {
      const answer = await this.#ask(() => call('progress', { ...fenced, phase: wirePhase }));
      if (answer === null) onStop(executionId, 'superseded');
      if (answer?.verdict === 'cancel') onStop(executionId, 'requester');
      told.phase = wirePhase;
      return true;
    }
    if (lines.acked < lines.spooled) {
      await this.#ship(execution);
      return true;
    }
    if (pending !== 'result' || result === null) return false;
    const answer = await this.#ask(() => call('result', { ...fenced, result }));
    journal.recordClosed(executionId, answer === null ? 'superseded' : 'reported');
    return true;
  }

  async #ship(execution: JournalExecution): Promise<void> {
    const { journal, call } = this.#deps;
    const { executionId, lines } = execution;
    const seqFirst = lines.acked + 1;
    const texts = Array.from({ length: lines.spooled - lines.acked }, (_, index) => ({
      stream: 'stdout' as const,
      atMs: execution.offeredAtMs,
      text: `line ${seqFirst + index}`,
      partial: false,
    }));
    const ask = { ...this.#fenced(execution), seqFirst, lines: texts };
    const answer = await this.#ask(() => call('logs', ask));
    const acked = answer?.ackedSeq ?? lines.spooled;
    journal.change(executionId, { lines: { ...lines, acked } });
  }

  #fenced({ executionId, attempt, leaseToken }: JournalExecution) {
    return { agentId: this.#deps.agentId, executionId, fence: { attempt, leaseToken } };
  }

  /** null when the answer is that nobody wants to hear it any more. */
  async #ask<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (isFinalAnswer(error)) return null;
      if (error instanceof MarketError && error.status < 500) return null;
      throw error;
    }
  }
}
