import type { Context } from '../context.ts';
import { type ProgressFacts, progressText } from './progress-text.ts';
import { TransferRate } from './transfer-rate.ts';

/** Where nothing is redrawn a line is said so often, and a program hears of it so often. */
const lineMs = 10_000;
const eventMs = 1_000;

export interface TransferOptions {
  /** What it is for a program, and for a person, such as `upload` and `uploading`. */
  kind: 'upload' | 'download' | 'pull';
  label: string;
  name: string;
  /** Goes into every event. */
  facts?: Record<string, string>;
  /** A program that reads events from standard output has them there, else on standard error. */
  events: 'stdout' | 'stderr';
}

type Amount = Omit<ProgressFacts, 'bytesPerSec' | 'etaSec'>;

/**
 * Tells how far a transfer is: as one line that a terminal redraws, as a line now and then where
 * nothing can be redrawn, and as JSON Lines to a program.
 */
export class TransferTeller {
  readonly #context: Context;
  readonly #options: TransferOptions;
  readonly #rate = new TransferRate();
  #isTold = false;
  #toldAtMs: number;

  constructor(context: Context, options: TransferOptions) {
    this.#context = context;
    this.#options = options;
    this.#toldAtMs = context.host.clock.monotonicMs();
  }

  show(amount: Amount): void {
    const { terminal, host } = this.#context;
    const nowMs = host.clock.monotonicMs();
    if (amount.bytesDone !== null) this.#rate.see(amount.bytesDone, nowMs);
    const { bytesPerSec } = this.#rate;
    const facts = { ...amount, bytesPerSec, etaSec: this.#rate.etaSec(amount.bytesTotal) };
    const { label, name } = this.#options;
    if (terminal.live) {
      terminal.status((columns) => progressText(label, name, facts, columns));
      return;
    }
    // What is over at once needs no words; what was told of is told of to its end.
    const isEnd = this.#isTold && amount.bytesDone === amount.bytesTotal;
    const isDue = nowMs - this.#toldAtMs >= (terminal.json ? eventMs : lineMs);
    if (!isDue && !isEnd) return;
    this.#isTold = true;
    this.#toldAtMs = nowMs;
    if (terminal.json) this.#event(facts);
    else void terminal.talk(progressText(label, name, facts));
  }

  /** It is over, or stopped. */
  end(): void {
    this.#context.terminal.status(null);
  }

  #event(facts: ProgressFacts): void {
    const { kind, name, events, facts: more } = this.#options;
    const event = { type: 'progress', kind, name, ...more, ...facts };
    void this.#context.terminal.event(events, event);
  }
}
