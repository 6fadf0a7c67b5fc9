import type { Clock } from '@node3/shared/clock';
import type { Output } from '../host.ts';
import { cutToWidth } from './display-width.ts';

/** What the line says now, in at most so many columns. */
export type StatusText = (columns: number) => string;

const eraseLine = '\r\u001b[2K';
/** A terminal is redrawn no more often for what is new, and so often for the time that goes by. */
const redrawMs = 100;
const tickMs = 1_000;
const columnsUsual = 80;

interface StatusLineDeps {
  output: Output;
  clock: Clock;
  paint(text: string): string;
}

/** The last line of a terminal: redrawn in place, while the lines of others pass above it. */
export class StatusLine {
  readonly #deps: StatusLineDeps;
  #text: StatusText | null = null;
  #isDrawn = false;
  /** Others may have written a part of a line, which stays. */
  #isAtStart = true;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: StatusLineDeps) {
    this.#deps = deps;
  }

  /** null takes it away. */
  set(text: StatusText | null): void {
    this.#text = text;
    if (text === null) {
      this.#stop();
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), tickMs).unref();
    if (this.#deps.clock.monotonicMs() - this.#drawnAtMs >= redrawMs) this.#draw();
  }

  /** Writes a text of others to the same terminal. */
  async above(text: string, write: () => Promise<void>): Promise<void> {
    this.#erase();
    const written = write();
    if (text !== '') this.#isAtStart = text.endsWith('\n');
    if (this.#text !== null) this.#draw();
    await written;
  }

  #draw(): void {
    if (this.#text === null || !this.#isAtStart) return;
    const { clock, output } = this.#deps;
    this.#drawnAtMs = clock.monotonicMs();
    // A line that fills the last column wraps on some terminals and can't be erased any more.
    const columns = Math.max(1, (output.columns ?? columnsUsual) - 1);
    const line = cutToWidth(this.#text(columns), columns);
    this.#isDrawn = true;
    void output.write(`${eraseLine}${this.#deps.paint(line)}`);
  }

  #erase(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    void this.#deps.output.write(eraseLine);
  }

  #stop(): void {
    this.#erase();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
