interface Queue {
  underWay: number;
  waiting: Set<() => void>;
}

export interface Turn {
  /** Each caller has as many turns as any other; those of one come in order. */
  caller?: string;
  /** Ends the waiting, not the work. */
  signal?: AbortSignal;
}

/** Lets so many works of each caller run at a time; the others wait. */
export class Turns {
  readonly #most: number;
  readonly #queues = new Map<string, Queue>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws what the work throws, or the reason of the signal. */
  async run<T>(work: () => Promise<T>, { caller = '', signal }: Turn = {}): Promise<T> {
    signal?.throwIfAborted();
    const queue = this.#queues.get(caller) ?? { underWay: 0, waiting: new Set() };
    this.#queues.set(caller, queue);
    if (queue.underWay < this.#most) queue.underWay += 1;
    else await wait(queue, signal);
    try {
      return await work();
    } finally {
      this.#leave(caller, queue);
    }
  }

  /** Whoever has waited longest takes the turn over. */
  #leave(caller: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      next();
      return;
    }
    queue.underWay -= 1;
    if (queue.underWay === 0) this.#queues.delete(caller);
  }
}

function wait({ waiting }: Queue, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      waiting.delete(enter);
      signal?.removeEventListener('abort', stop);
    };
    const enter = () => {
      done();
      resolve();
    };
    const stop = () => {
      done();
      reject(signal?.reason as Error);
    };
    waiting.add(enter);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
