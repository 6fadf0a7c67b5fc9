import { ConnectionError } from '../errors.ts';
import { type FollowOptions, Patience } from './patience.ts';
import { readLines } from './read-lines.ts';
import type { Call, Transport } from './transport.ts';

export interface Following {
  /** The request for what comes after a number; null for what comes next. */
  call: (after: number | null) => Omit<Call, 'repeat' | 'options'>;
  after: number | null;
  options: FollowOptions | undefined;
}

/**
 * Numbered things of a stream as they come, until it says that they have ended. A connection that
 * breaks, or a marketplace that restarts, is gone back to after the last number seen: nothing is lost
 * and nothing comes twice.
 */
export async function* follow<T extends { seq: number }>(
  transport: Transport,
  { call, options, ...start }: Following,
): AsyncGenerator<T, void, undefined> {
  const signal = options?.signal;
  const patience = new Patience(options);
  const leave = new AbortController();
  const both = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
  let { after } = start;
  try {
    for (;;) {
      try {
        const request = { ...call(after), repeat: 'any', retriesMax: 0, options } as const;
        const response = await transport.open(request, 'application/x-ndjson', both);
        patience.answered();
        for await (const value of readLines(bodyOf(response))) {
          if (value['ended'] === true) return;
          const { seq } = value;
          if (typeof seq !== 'number' || (after !== null && seq <= after)) continue;
          after = seq;
          patience.progressed();
          yield value as unknown as T;
        }
        await patience.fail(null);
      } catch (error) {
        await patience.fail(error);
      }
    }
  } finally {
    leave.abort();
  }
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body !== null) return body;
  throw new ConnectionError('CONNECTION_FAILED', 'The answer has no body.', null);
}
