import type { Explanation } from '@node3/shared/routes/explain';
import type { JobDetail } from '@node3/shared/routes/jobs';
import type { Context } from '../context.ts';
import { fitParts, type Part } from '../output/progress-text.ts';
import { sanitisePart } from '../output/sanitise.ts';
import { TransferTeller } from '../output/transfer-teller.ts';
import { durationText } from '../output/words.ts';
import { alternativeText } from './explanation.ts';

/** Tells what becomes of a job until its program runs: its states, what it waits for, its image. */
export class JobProgress {
  readonly #context: Context;
  readonly #startedMs: number;
  #sight = '';
  #isWaiting = true;
  #reason = '';
  #place = '';
  /** Of the execution that pulls, since another one begins anew. */
  #pull: { executionId: string; teller: TransferTeller } | null = null;

  constructor(context: Context) {
    this.#context = context;
    this.#startedMs = context.host.clock.monotonicMs();
  }

  async saw(job: JobDetail): Promise<void> {
    const sight = `${job.state} ${job.attempt}`;
    if (sight !== this.#sight) {
      this.#sight = sight;
      await this.#tellState(job);
    }
    const isWaiting = job.state === 'queued' || job.state === 'awaiting_funds';
    if (isWaiting && !this.#isWaiting) {
      // Another attempt waits for reasons of its own.
      this.#reason = '';
      this.#place = '';
    }
    this.#isWaiting = isWaiting;
    if (isWaiting) this.#drawWaiting(null);
    else if (job.state === 'assigned') this.#showPull(job);
    else this.end();
  }

  /** Whether it waits, as far as was seen. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  async waits(jobId: string, found: Explanation): Promise<void> {
    const { terminal } = this.#context;
    if (!this.#isWaiting) return;
    const place = `${found.queueAhead} ${found.waitsFor}`;
    const isNewReason = found.sentence !== this.#reason;
    if (isNewReason || place !== this.#place) {
      const { waitsFor, sentence, queueAhead, eta } = found;
      await terminal.event('stdout', {
        type: 'waiting',
        jobId,
        waitsFor,
        sentence,
        queueAhead,
        eta,
      });
      if (!terminal.live) await terminal.talk(terminal.talkPaint.dim(waitingText(found, null)));
    }
    const [nearest] = found.possible || !isNewReason ? [] : found.alternatives;
    if (nearest !== undefined) await terminal.talk(`nearest   ${alternativeText(nearest)}`);
    this.#reason = found.sentence;
    this.#place = place;
    this.#drawWaiting(found);
  }

  /** Its program runs, or somebody leaves. */
  end(): void {
    this.#pull = null;
    this.#context.terminal.status(null);
  }

  #drawWaiting(found: Explanation | null): void {
    const { terminal, host } = this.#context;
    // The reason that was found stays; an answer that is late says nothing of a job that has begun.
    if (!this.#isWaiting || (found === null && this.#reason !== '')) return;
    terminal.status((columns) => {
      const waitedMs = host.clock.monotonicMs() - this.#startedMs;
      return waitingText(found, waitedMs, columns);
    });
  }

  #showPull(job: JobDetail): void {
    const execution = job.executions.at(-1);
    if (execution === undefined || execution.imagePull === null) {
      this.end();
      return;
    }
    const { executionId, imagePull } = execution;
    if (this.#pull?.executionId !== executionId) {
      const options = {
        kind: 'pull',
        label: 'pulling',
        name: job.image,
        events: 'stdout',
      } as const;
      const teller = new TransferTeller(this.#context, { ...options, facts: { jobId: job.jobId } });
      this.#pull = { executionId, teller };
    }
    this.#pull.teller.show(imagePull);
  }

  async #tellState(job: JobDetail): Promise<void> {
    const { terminal } = this.#context;
    if (terminal.json) {
      await terminal.jsonLine({ type: 'state', jobId: job.jobId, state: job.state });
      return;
    }
    const agent = job.agentName === null ? '' : `on ${sanitisePart(job.agentName)}`;
    const simulated = job.simulatedDevice === true ? ', simulated GPU' : '';
    const attempt = job.attempt > 1 ? `, attempt ${job.attempt}` : '';
    const text = `${job.state.padEnd(9)} ${agent}${agent === '' ? '' : simulated}${attempt}`;
    await terminal.talk(terminal.talkPaint.dim(text.trimEnd()));
  }
}

/** `waiting   Every agent that could run it is busy.  3 ahead  starts in about 2m 05s`. */
function waitingText(
  found: Explanation | null,
  waitedMs: number | null,
  columns = Number.POSITIVE_INFINITY,
): string {
  const parts: Part[] = [
    { text: found === null ? null : sanitisePart(found.sentence), worth: 3 },
    {
      text: found === null || found.queueAhead === 0 ? null : `${found.queueAhead} ahead`,
      worth: 2,
    },
    { text: found === null ? null : startText(found), worth: 1 },
    {
      text: waitedMs === null ? null : durationText(Math.floor(waitedMs / 1_000) * 1_000),
      worth: 0,
    },
  ];
  return fitParts('waiting', parts, columns);
}

function startText({ eta }: Explanation): string | null {
  return eta === null ? null : `such jobs start in about ${durationText(eta.startSecP50 * 1_000)}`;
}
