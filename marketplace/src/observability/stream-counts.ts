export const streamTransports = ['websocket', 'ndjson', 'grpc', 'agent'] as const;
export type StreamTransport = (typeof streamTransports)[number];

/** How many streams are open, and how many were closed because nobody took what they said. */
export class StreamCounts {
  readonly #open = new Map<StreamTransport, number>(streamTransports.map((name) => [name, 0]));
  readonly #dropped = new Map<StreamTransport, number>(streamTransports.map((name) => [name, 0]));

  /** @returns what counts it out again; it does so once. */
  opened(transport: StreamTransport): () => void {
    this.#add(this.#open, transport, 1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#add(this.#open, transport, -1);
      isOpen = false;
    };
  }

  dropped(transport: StreamTransport): void {
    this.#add(this.#dropped, transport, 1);
  }

  /** Open ones; sockets of agents are counted where they are kept. */
  clients(agents: number): { labels: { transport: string }; value: number }[] {
    return samplesOf(new Map([...this.#open, ['agent', agents]]));
  }

  drops(): { labels: { transport: string }; value: number }[] {
    return samplesOf(this.#dropped);
  }

  #add(counts: Map<StreamTransport, number>, transport: StreamTransport, by: number): void {
    counts.set(transport, (counts.get(transport) ?? 0) + by);
  }
}

function samplesOf(counts: ReadonlyMap<StreamTransport, number>) {
  return [...counts].map(([transport, value]) => ({ labels: { transport }, value }));
}
