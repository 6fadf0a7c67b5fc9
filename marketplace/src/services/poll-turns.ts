interface Turn {
  abort: AbortController;
  ended: Promise<void>;
}

/**
 * One poll of an agent at a time. A newer one ends the older, which nobody reads any more, and
 * begins when that is really over: so it sees whatever the older one still leased.
 */
export class PollTurns {
  readonly #turns = new Map<string, Turn>();

  /** Ends the poll of an agent, if there is one. Resolves when it leases nothing any more. */
  async end(agentId: string): Promise<void> {
    const turn = this.#turns.get(agentId);
    turn?.abort.abort();
    await turn?.ended;
  }

  async take<T>(
    agentId: string,
    signal: AbortSignal,
    poll: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const before = this.#turns.get(agentId);
    const abort = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn = { abort, ended };
    this.#turns.set(agentId, turn);
    try {
      before?.abort.abort();
      await before?.ended;
      return await poll(AbortSignal.any([signal, abort.signal]));
    } finally {
      end();
      if (this.#turns.get(agentId) === turn) this.#turns.delete(agentId);
    }
  }
}
