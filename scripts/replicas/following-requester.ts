import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { createJob, getJobLogs } from '@node3/shared/routes/jobs';

/** What one follower of a job's log got, over all its connections. */
export interface Followed {
  jobId: string;
  lines: { seq: number; text: string }[];
}

const retryMs = 200;
/** A log that is not over by then is asked for again: whoever sends it may stand still. */
const followMs = 20_000;
/** Refusals that mean "not now". */
const passing = [
  'MARKETPLACE_UNREACHABLE',
  'STORE_UNAVAILABLE',
  'SERVICE_STOPPING',
  'RATE_LIMITED',
  'INTERNAL',
] as const;

/** A requester that asks any replica, follows each job on another one, and asks again when cut off. */
export class FollowingRequester {
  readonly #clients: Client[];
  refusals = 0;

  constructor(urls: readonly string[], apiKey: string) {
    this.#clients = urls.map((baseUrl) => createClient({ baseUrl, apiKey }));
  }

  /** Posts one job, once however often it has to ask, and reads its log to the end. */
  async run(
    key: string,
    body: object,
    onPosted: (jobId: string) => void = () => undefined,
  ): Promise<Followed> {
    const { jobId } = await this.ask((client) =>
      client.call(createJob, { body: body as never }, { idempotencyKey: key }),
    );
    onPosted(jobId);
    const lines: Followed['lines'] = [];
    await this.ask(async (client) => {
      const after = lines.at(-1)?.seq ?? 0;
      const args = { params: { jobId }, query: { after, follow: true } };
      const signal = AbortSignal.timeout(followMs);
      let isOver = false;
      try {
        for await (const line of client.lines(getJobLogs, args, {
          signal,
        }) as AsyncIterable<Line>) {
          if ('text' in line) lines.push(line);
          else isOver = line.ended;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      if (!isOver) throw new Error('the log broke off');
    });
    return { jobId, lines };
  }

  async ask<T>(what: (client: Client) => Promise<T>): Promise<T> {
    for (;;) {
      const client = this.#clients[Math.floor(Math.random() * this.#clients.length)] as Client;
      try {
        return await what(client);
      } catch (error) {
        const isPassing =
          passing.some((code) => isMarketError(error, code)) ||
          (error instanceof Error && error.message === 'the log broke off');
        if (!isPassing) throw error;
        this.refusals += 1;
        await sleep(retryMs * (0.5 + Math.random()));
      }
    }
  }
}

type Line = { seq: number; text: string } | { ended: boolean };
