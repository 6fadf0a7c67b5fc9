import type { IncomingHttpHeaders } from 'node:http';
import type { NewEvent } from '@node3/shared/events';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { startWebServer } from '@node3/shared/testing/web-server';
import { LiveFeed } from '../live/live-feed.ts';
import { createSecretSealer } from '../services/secret-sealer.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { World } from '../store/testing/world.ts';
import { WebhookWorker } from '../workers/webhook-worker.ts';
import { testDataKeys } from './test-keyring.ts';

export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers one request; null answers nothing at all. */
export type Answer = { status: number; headers?: Record<string, string>; body?: string } | null;

/** A real receiver on loopback. */
export interface WebhookReceiver {
  url: string;
  received: ReceivedWebhook[];
  answer: (webhook: ReceivedWebhook) => Answer;
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const receiver: WebhookReceiver = {
    url: '',
    received,
    answer: () => ({ status: 204 }),
    close: () => server.close(),
  };
  const server = await startWebServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const webhook = { path: request.url ?? '', headers: request.headers, body };
      received.push(webhook);
      const answer = receiver.answer(webhook);
      if (answer !== null) response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  receiver.url = `http://127.0.0.1:${server.port}`;
  return receiver;
}

export const operatorAccountId = 'acc_operator';

/** A store with webhooks and what sends them, on a clock that the test moves. */
export class WebhookTestbed {
  readonly clock = new ManualClock();
  readonly sealer = createSecretSealer('a secret for tests', testDataKeys);
  readonly webhookAllow: FetchAllowance = { networks: ['127.0.0.0/8'], ports: 'any' };
  readonly world: World;
  readonly store: Store;
  readonly feed = new LiveFeed(0);
  random = () => 0.5;
  webhookTimeoutMs = 20_000;

  constructor() {
    this.store = openSqliteStore({
      path: ':memory:',
      log: silentLogger,
      onFatal(error) {
        throw error;
      },
    });
    this.store.onEvents((events) => this.feed.publish(events));
    this.world = new World(this.store);
  }

  get deps() {
    const { clock, sealer, webhookAllow, store, feed, world } = this;
    return { clock, sealer, webhookAllow, store, feed, ids: world.ids, log: silentLogger };
  }

  /** The caller of a service, with the operator's key of no caps. */
  caller(accountId: string) {
    return { accountId, keyId: null };
  }

  worker(store: Store = this.store, feed = this.feed): WebhookWorker {
    return new WebhookWorker({
      ...this.deps,
      store,
      feed,
      operatorAccountId,
      random: () => this.random(),
      webhookTimeoutMs: this.webhookTimeoutMs,
    });
  }

  /** Looks and sends until nothing is due any more. */
  async run(worker: WebhookWorker): Promise<void> {
    for (;;) {
      const more = await worker.turn();
      const sent = worker.sending;
      await worker.settled();
      if (!more && sent === 0) return;
    }
  }

  async happen(name: NewEvent['name'], accountId: string | null, data: NewEvent['data'] = {}) {
    const atMs = this.clock.nowMs();
    const none = { jobId: null, executionId: null, reason: null };
    const event: NewEvent = { name, atMs, actor: 'marketplace', accountId, ...none, data };
    await this.store.postTransfers([], [event], atMs);
  }
}
