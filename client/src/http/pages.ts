import type { Call, CallOptions, Transport } from './transport.ts';

/** A piece of a list. */
export interface Page<T> {
  data: T[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
  /** How many there are, where that was asked for. */
  total?: number;
}

/** How a list is read. */
export interface ListOptions extends CallOptions {
  /** Entries in one answer, 1 to 200; it does not limit the list. */
  limit?: number;
}

/**
 * A list of any length: `for await` goes through all of it and asks for pages as it needs them;
 * `page` reads one, for programs that page themselves.
 */
export class Pages<T> implements AsyncIterable<T> {
  readonly #read: (cursor: string | null) => Promise<Page<T>>;

  constructor(read: (cursor: string | null) => Promise<Page<T>>) {
    this.#read = read;
  }

  /** One page: the first, or the one that a `nextCursor` leads to. */
  page(cursor: string | null = null): Promise<Page<T>> {
    return this.#read(cursor);
  }

  /** The first entries, `max` at most. */
  async take(max: number): Promise<T[]> {
    const taken: T[] = [];
    if (max <= 0) return taken;
    for await (const entry of this) if (taken.push(entry) >= max) break;
    return taken;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.#read(cursor);
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

/** A list of the API that is read in pages. */
export function pagesOf<T>(
  transport: Transport,
  path: string,
  { limit, ...options }: ListOptions = {},
  query: Call['query'] = {},
): Pages<T> {
  return new Pages((cursor) => {
    const paged = { ...query, limit, cursor };
    return transport.json({ method: 'GET', path, query: paged, repeat: 'any', options });
  });
}
