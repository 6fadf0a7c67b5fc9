import { follow } from './http/follow.ts';
import type { FollowOptions } from './http/patience.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import type { AccountEvent } from './types/event.ts';

/** Which events. */
export interface EventSelection {
  /** Names, `payout.*` is all that begin so; all where nothing is said. */
  types?: readonly string[];
  jobId?: string;
}

const path = '/api/v1/events';

/** `node3.events`: everything that happens to your account, each with a number that grows. */
export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What has happened after an event, oldest first; 0 is from the beginning. */
  async *list({
    after = 0,
    types,
    jobId,
    ...options
  }: CallOptions & EventSelection & { after?: number } = {}): AsyncGenerator<
    AccountEvent,
    void,
    undefined
  > {
    for (let from = after, more = true; more; ) {
      const query = { after: from, types: types?.join(','), jobId };
      const page = await this.#transport.json<{
        data: AccountEvent[];
        nextAfter: number;
        more: boolean;
      }>({ method: 'GET', path, query, repeat: 'any', options });
      yield* page.data;
      from = page.nextAfter;
      more = page.more;
    }
  }

  /**
   * What happened after an event, and then what happens, for ever; `now` begins with what happens next.
   * Keep the last `seq` and nothing is missed, whatever broke in between. With `now` and no event yet,
   * what happens while a connection is broken is missed.
   */
  follow({
    after,
    types,
    jobId,
    ...options
  }: FollowOptions & EventSelection & { after: number | 'now' }): AsyncGenerator<
    AccountEvent,
    void,
    undefined
  > {
    return follow(this.#transport, {
      after: after === 'now' ? null : after,
      options,
      call: (seq) => ({
        method: 'GET',
        path,
        query: { after: seq, types: types?.join(','), jobId, follow: true },
      }),
    });
  }
}
