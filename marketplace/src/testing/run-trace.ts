import { createHash, type Hash } from 'node:crypto';

/** Everything that happened in a run, in order. Two runs of one seed have the same digest. */
export class RunTrace {
  readonly #hash: Hash = createHash('sha256');
  readonly #print: ((line: string) => void) | null;
  #lines = 0;

  /** @param print called with every line; null keeps the digest only. */
  constructor(print: ((line: string) => void) | null) {
    this.#print = print;
  }

  add(line: string): void {
    this.#lines += 1;
    this.#hash.update(line).update('\n');
    this.#print?.(`${String(this.#lines).padStart(6)}  ${line}`);
  }

  /** Ends the trace. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }
}
