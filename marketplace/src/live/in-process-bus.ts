import type { EventBus, Hint } from './event-bus.ts';
import { HintBasket } from './hint-basket.ts';

/** Joins replicas that share one process, as tests and the simulation run them. */
export class InProcessBus {
  readonly #ends = new Set<End>();

  /** The bus as one replica sees it. */
  join(): EventBus {
    const end = new End((hint) => {
      for (const other of this.#ends) if (other !== end) other.receive(hint);
    });
    this.#ends.add(end);
    return {
      tell: (hint) => end.tell(hint),
      listen: (listener) => end.listen(listener),
      close: async () => {
        end.close();
        this.#ends.delete(end);
      },
    };
  }
}

class End {
  readonly #send: (hint: Hint) => void;
  readonly #basket = new HintBasket();
  #listener: ((hint: Hint) => void) | null = null;
  #scheduled = false;
  #closed = false;

  constructor(send: (hint: Hint) => void) {
    this.#send = send;
  }

  tell(hint: Hint): void {
    if (this.#closed) return;
    this.#basket.add(hint);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const one of this.#basket.take()) this.#send(one);
    });
  }

  listen(listener: (hint: Hint) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.#closed = true;
    this.#basket.take();
  }

  receive(hint: Hint): void {
    this.#listener?.(hint);
  }
}
