import { setTimeout as sleep } from 'node:timers/promises';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { LiveFeed } from '../live/live-feed.ts';
import { WebhookFanOut } from '../services/fan-out-webhooks.ts';
import { type SendDeps, sendWebhook } from '../services/send-webhook.ts';
import type { DeliveryRow, WebhookRow } from '../store/webhook-store.ts';

export interface WebhookWorkerDeps extends SendDeps {
  feed: LiveFeed;
  ids: Ids;
  operatorAccountId: string;
}

const leaseName = 'webhooks';
/** Longer than an attempt takes, so that whoever has the lease still has it when it is noted. */
const leaseMs = 60_000;
const turnMs = 1_000;
const dayMs = 86_400_000;
/** Old deliveries are looked for this often. */
const pruneEveryMs = 3_600_000;

/**
 * Sends webhooks: one of all replicas makes deliveries and attempts, by a lease. Two at once would
 * send twice with the same id, which receivers must expect in any case.
 */
export class WebhookWorker {
  readonly #deps: WebhookWorkerDeps;
  readonly #fanOut: WebhookFanOut;
  readonly #owner: string;
  readonly #inFlight = new Map<
    string,
    { webhookId: string; accountId: string; done: Promise<void> }
  >();
  readonly #stopping = new AbortController();
  #webhooks: WebhookRow[] | null = null;
  #accounts = new Set<string>();
  #generation = 0;
  #holds = false;
  #askAtMs = 0;
  #pruneAtMs = 0;
  #loop: Loop | null = null;
  readonly #leave: () => void;

  constructor(deps: WebhookWorkerDeps) {
    this.#deps = deps;
    this.#fanOut = new WebhookFanOut(deps);
    this.#owner = deps.ids.secret(12);
    this.#leave = deps.feed.subscribe(({ name, accountId }) => {
      if (name.startsWith('webhook.')) this.#reload();
      if (this.#webhooks === null || this.#accounts.has(accountId ?? '')) this.#loop?.wake();
    });
  }

  start(): Loop {
    this.#loop = startLoop({
      name: 'webhook-worker',
      intervalMs: turnMs,
      log: this.#deps.log,
      run: async () => {
        while (await this.turn()) await sleep(0);
      },
    });
    return { wake: () => this.#loop?.wake(), stop: () => this.stop() };
  }

  async stop(): Promise<void> {
    this.#leave();
    this.#stopping.abort();
    await this.#loop?.stop();
    await this.settled();
    try {
      await this.#deps.store.releaseWorkerLease(leaseName, this.#owner);
    } catch (error) {
      this.#deps.log.info({ err: error }, 'lease not released; it runs out');
    }
  }

  /** One look at the log and at what is due. @returns whether there is more to do at once. */
  async turn(): Promise<boolean> {
    const webhooks = await this.#enabled();
    await this.#prune();
    if (webhooks.length === 0 || !(await this.#holdsLease())) return false;
    let waiting = await this.#deps.store.pendingDeliveries();
    const pending = new Map(waiting.map((row) => [row.webhookId, row.pending]));
    const { more, added } = await this.#fanOut.turn(webhooks, pending);
    if (added) waiting = await this.#deps.store.pendingDeliveries();
    const nowMs = this.#deps.clock.nowMs();
    const due = new Set(waiting.filter((row) => row.nextAtMs <= nowMs).map((row) => row.webhookId));
    for (const webhook of webhooks) {
      if (due.has(webhook.webhookId)) await this.#sendDue(webhook);
    }
    return more && !this.#stopping.signal.aborted;
  }

  /** How many attempts are under way. */
  get sending(): number {
    return this.#inFlight.size;
  }

  /** Resolves when no attempt is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#inFlight.values()].map(({ done }) => done));
  }

  async #enabled(): Promise<WebhookRow[]> {
    if (this.#webhooks !== null) return this.#webhooks;
    const generation = this.#generation;
    const webhooks = await this.#deps.store.enabledWebhooks();
    // What was changed while they were read shows the next time.
    if (generation === this.#generation) this.#webhooks = webhooks;
    this.#accounts = new Set(webhooks.map(({ accountId }) => accountId));
    // What belongs to no account is for the operator's.
    if (this.#accounts.has(this.#deps.operatorAccountId)) this.#accounts.add('');
    return webhooks;
  }

  #reload(): void {
    this.#generation += 1;
    this.#webhooks = null;
  }

  async #holdsLease(): Promise<boolean> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#askAtMs) return this.#holds;
    const lease = { name: leaseName, owner: this.#owner, untilMs: nowMs + leaseMs };
    const holds = await this.#deps.store.holdWorkerLease(lease, nowMs);
    if (holds !== this.#holds) {
      // Another process has moved the cursors meanwhile.
      this.#fanOut.forget();
      this.#reload();
    }
    this.#holds = holds;
    this.#askAtMs = nowMs + leaseMs / 3;
    return holds;
  }

  async #sendDue(webhook: WebhookRow): Promise<void> {
    const { store, clock } = this.#deps;
    const { webhookId, accountId } = webhook;
    const ofAccount = [...this.#inFlight.values()].filter((one) => one.accountId === accountId);
    const own = ofAccount.filter((one) => one.webhookId === webhookId);
    const free = Math.min(
      limits.webhookAttemptsAtOnce - own.length,
      limits.webhookAttemptsAtOnceOfAccount - ofAccount.length,
      limits.webhookAttemptsAtOnceOfAll - this.#inFlight.size,
    );
    if (free <= 0) return;
    const limit = limits.webhookAttemptsAtOnce;
    const due = await store.dueDeliveries(webhookId, clock.nowMs(), limit);
    const fresh = due.filter(({ deliveryId }) => !this.#inFlight.has(deliveryId));
    for (const delivery of fresh.slice(0, free)) this.#send(webhook, delivery);
  }

  #send(webhook: WebhookRow, delivery: DeliveryRow): void {
    const { deliveryId } = delivery;
    const { webhookId, accountId } = webhook;
    const done = sendWebhook(this.#deps, webhook, delivery, this.#stopping.signal)
      .catch((error: unknown) => {
        this.#deps.log.error({ err: error, deliveryId }, 'webhook not noted');
      })
      .finally(() => {
        this.#inFlight.delete(deliveryId);
        this.#loop?.wake();
      });
    this.#inFlight.set(deliveryId, { webhookId, accountId, done });
  }

  async #prune(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#pruneAtMs) return;
    const beforeMs = nowMs - limits.webhookDeliveryDays * dayMs;
    const removed = await this.#deps.store.pruneDeliveries(beforeMs, limits.webhookPrunePage);
    if (removed < limits.webhookPrunePage) this.#pruneAtMs = nowMs + pruneEveryMs;
  }
}
