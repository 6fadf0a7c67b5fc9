import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { isForWebhook } from '../domain/webhook-rules.ts';
import { readEvents } from '../live/follow-events.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { EventRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { DeliveryRow, WebhookRow } from '../store/webhook-store.ts';

interface Deps {
  store: Store;
  feed: LiveFeed;
  clock: Clock;
  ids: Ids;
  operatorAccountId: string;
}

/** How far a webhook is, where that is not worth a write. */
interface Progress {
  seq: number;
  savedSeq: number;
}

/** A cursor in the store may be this far behind: after a crash so many events are looked at again. */
const unsavedMax = 5_000;

/**
 * Makes deliveries of events: follows the log for each webhook with a cursor of its own. An event
 * gets its delivery once, however often it is looked at, so the cursor is stored when there was
 * something for the webhook, and now and then. A webhook with much to send is not given more: the
 * log keeps it.
 */
export class WebhookFanOut {
  readonly #deps: Deps;
  readonly #progress = new Map<string, Progress>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Forgets what is only remembered: another process may have gone on meanwhile. */
  forget(): void {
    this.#progress.clear();
  }

  /**
   * Looks once for each webhook that has room. @param pending how much waits for each.
   * @returns whether there may be more at once, and whether deliveries were added.
   */
  async turn(
    webhooks: readonly WebhookRow[],
    pending: Map<string, number>,
  ): Promise<{ more: boolean; added: boolean }> {
    const groups = new Map<string, WebhookRow[]>();
    for (const webhook of webhooks) {
      if ((pending.get(webhook.webhookId) ?? 0) >= limits.webhookPendingMax) continue;
      const key = this.#groupOf(webhook);
      groups.set(key, [...(groups.get(key) ?? []), webhook]);
    }
    const found = { more: false, added: false };
    for (const group of groups.values()) {
      const one = await this.#lookFor(group);
      found.more ||= one.more;
      found.added ||= one.added;
    }
    return found;
  }

  /** Those that read the same part of memory read it together; the store is read for one account. */
  #groupOf(webhook: WebhookRow): string {
    const seq = this.#at(webhook).seq;
    return this.#deps.feed.since(seq) === null ? webhook.webhookId : `at ${seq}`;
  }

  async #lookFor(group: readonly WebhookRow[]): Promise<{ more: boolean; added: boolean }> {
    const { operatorAccountId } = this.#deps;
    const [first] = group;
    if (first === undefined) return { more: false, added: false };
    const isAlone = group.length === 1 && first.accountId !== operatorAccountId;
    const filter = { accountId: isAlone ? first.accountId : null, jobId: null, types: null };
    const afterSeq = this.#at(first).seq;
    const page = await readEvents(this.#deps, { filter, afterSeq }, limits.webhookFanOutPage);
    const deliveries: DeliveryRow[] = [];
    const cursors = new Map<string, number>();
    for (const webhook of group) {
      const matched = page.events.filter((event) =>
        isForWebhook(webhook, event, operatorAccountId),
      );
      deliveries.push(...matched.map((event) => this.#deliveryOf(webhook, event)));
      const at = this.#at(webhook);
      at.seq = Math.max(at.seq, page.scannedTo);
      if (matched.length > 0 || at.seq - at.savedSeq > unsavedMax) {
        cursors.set(webhook.webhookId, at.seq);
      }
    }
    if (cursors.size > 0) await this.#save(deliveries, cursors);
    return { more: page.more, added: deliveries.length > 0 };
  }

  async #save(deliveries: DeliveryRow[], cursors: Map<string, number>): Promise<void> {
    try {
      await this.#deps.store.addDeliveries(deliveries, cursors);
    } catch (error) {
      // Whether it was stored is not known: it is looked at again from where the store says.
      for (const webhookId of cursors.keys()) this.#progress.delete(webhookId);
      throw error;
    }
    for (const [webhookId, seq] of cursors) this.#progress.set(webhookId, { seq, savedSeq: seq });
  }

  #at({ webhookId, cursorSeq }: WebhookRow): Progress {
    const known = this.#progress.get(webhookId);
    // Enabling it again moves its cursor forward.
    if (known !== undefined && known.seq >= cursorSeq) return known;
    const fresh = { seq: cursorSeq, savedSeq: cursorSeq };
    this.#progress.set(webhookId, fresh);
    return fresh;
  }

  #deliveryOf({ webhookId }: WebhookRow, event: EventRow): DeliveryRow {
    const nowMs = this.#deps.clock.nowMs();
    return {
      deliveryId: this.#deps.ids.next('delivery'),
      webhookId,
      eventSeq: event.seq,
      type: event.name,
      state: 'pending',
      attempts: 0,
      nextAtMs: nowMs,
      createdAtMs: nowMs,
    };
  }
}
