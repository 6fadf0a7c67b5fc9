import { type AlertRule, alertRules } from '@node3/shared/alert-rules';
import type { Clock } from '@node3/shared/clock';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Asset, assets, type BaseUnits } from '@node3/shared/money';
import {
  type AlertCondition,
  type AlertSight,
  type AlertThresholds,
  alertConditions,
} from '../domain/alert-conditions.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { AlertRow } from '../store/alert-store.ts';
import type { EventRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Presence } from './presence.ts';

export interface AlertDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
  feed: Pick<LiveFeed, 'subscribe'>;
  presence: Pick<Presence, 'all' | 'isOnline'>;
  alertThresholds: AlertThresholds;
  /** What the treasury holds, as of the last look at the chain; null is unknown. */
  treasuryLamports: () => BaseUnits | null;
  /** What is wrong with the ledger; null where nothing is. */
  ledgerProblem: () => string | null;
  /** Share of the disk that is free; null where it can't be told. */
  diskFreeRatio: () => number | null;
}

/** Silent for longer, an agent is no trouble any more: it is gone. */
const agentGoneMs = 7 * 86_400_000;

/** Looks at everything that is watched, opens alerts and resolves them. One of all replicas does it. */
export class AlertWatch {
  readonly #deps: AlertDeps;
  /** Who has posted jobs since the last look, and in which asset. */
  #posted = new Set<string>();

  constructor(deps: AlertDeps) {
    this.#deps = deps;
  }

  /** @returns what ends it. */
  start(): () => void {
    return this.#deps.feed.subscribe((event) => this.#note(event));
  }

  async turn(): Promise<void> {
    const open = await this.#deps.store.openAlerts();
    const facts = await this.#facts(open);
    const known = new Map(open.map((alert) => [keyOf(alert), alert]));
    for (const condition of alertConditions(facts, this.#deps.alertThresholds)) {
      const alert = known.get(keyOf(condition));
      if (condition.level === 'bad' && alert === undefined)
        await this.#open(condition, facts.nowMs);
      if (condition.level !== 'good') known.delete(keyOf(condition));
    }
    // What is left is good again, or gone.
    for (const alert of known.values()) await this.#resolve(alert, facts.nowMs);
    const { store, alertThresholds } = this.#deps;
    // More than that are removed in the turns that follow.
    await store.pruneAlerts(facts.nowMs - alertThresholds.resolvedKeptMs, limits.alertsPrunedMax);
  }

  #note({ name, accountId, data }: EventRow): void {
    if (name !== 'job.posted' || accountId === null) return;
    if (this.#posted.size >= limits.alertAccountsMax) return;
    this.#posted.add(`${accountId} ${String(data['asset'])}`);
  }

  async #facts(open: readonly AlertRow[]): Promise<AlertSight> {
    const { store, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const [agents, queued, oldestPaymentMs, balances, webhooks] = await Promise.all([
      this.#silentAgents(open, nowMs),
      store.queuedJobs(null, 1),
      this.#oldestPayments(nowMs),
      this.#balances(open),
      this.#failingWebhooks(nowMs),
    ]);
    const [oldest] = queued;
    return {
      nowMs,
      agents,
      oldestQueuedMs: oldest === undefined ? null : nowMs - oldest.createdAtMs,
      oldestPaymentMs,
      treasuryLamports: this.#deps.treasuryLamports(),
      ledgerProblem: this.#deps.ledgerProblem(),
      diskFreeRatio: this.#deps.diskFreeRatio(),
      balances,
      webhooks,
    };
  }

  async #silentAgents(open: readonly AlertRow[], nowMs: number): Promise<AlertSight['agents']> {
    const { store, presence, alertThresholds } = this.#deps;
    const alerted = new Set(subjectsOf(open, 'agent-offline'));
    const found: AlertSight['agents'] = [];
    for (const { agentId, name, wallet, lastSeenAtMs } of presence.all()) {
      const silentMs = presence.isOnline(agentId) ? 0 : nowMs - lastSeenAtMs;
      if (silentMs > agentGoneMs) continue;
      const isNew = silentMs >= alertThresholds.agentOfflineMs && !alerted.has(agentId);
      if (!isNew && !alerted.has(agentId)) continue;
      if (isNew && (await store.agent(agentId))?.state !== 'active') continue;
      const owner = isNew ? await store.accountOfWallet(wallet) : null;
      found.push({ agentId, name, accountId: owner?.accountId ?? null, silentMs });
    }
    return found;
  }

  async #oldestPayments(nowMs: number): Promise<Record<Asset, number>> {
    const { store } = this.#deps;
    const batches = await store.openBatches();
    const age = async (asset: Asset) => {
      const due = await store.duePayouts({ asset, limit: 1, nowMs });
      const sent = batches.filter((batch) => batch.asset === asset);
      const waiting = [...due, ...sent.flatMap(({ payouts }) => payouts)];
      return nowMs - Math.min(nowMs, ...waiting.map(({ dueAtMs }) => dueAtMs));
    };
    return { SOL: await age('SOL'), USDC: await age('USDC') };
  }

  async #balances(open: readonly AlertRow[]): Promise<AlertSight['balances']> {
    const posted = this.#posted;
    this.#posted = new Set();
    for (const subject of subjectsOf(open, 'balance-low')) posted.add(subject);
    const found: AlertSight['balances'] = [];
    for (const subject of posted) {
      const [accountId = '', text] = subject.split(' ');
      const asset = assets.find((known) => known === text);
      if (asset === undefined) continue;
      const { available } = (await this.#deps.store.accountBalances(accountId))[asset];
      found.push({ accountId, asset, available });
    }
    return found;
  }

  async #failingWebhooks(nowMs: number): Promise<AlertSight['webhooks']> {
    const beforeMs = nowMs - this.#deps.alertThresholds.webhookFailingMs;
    const rows = await this.#deps.store.failingWebhooks(beforeMs + 1, limits.alertAccountsMax);
    return rows.map(({ webhookId, accountId, failingSinceMs }) => ({
      webhookId,
      accountId,
      failingMs: nowMs - (failingSinceMs ?? nowMs),
    }));
  }

  async #open(condition: AlertCondition, nowMs: number): Promise<void> {
    const { store, ids, log } = this.#deps;
    const { rule, subject, accountId, detail, facts } = condition;
    const { severity } = alertRules[rule];
    const alertId = ids.next('alert');
    const times = { openedAtMs: nowMs, resolvedAtMs: null, acknowledgedAtMs: null };
    const told = { severity, detail, facts };
    const alert: AlertRow = { alertId, rule, subject, accountId, ...told, ...times };
    const opened = await store.openAlert(alert, [alertEvent('alert.opened', alert, nowMs)]);
    if (opened) log.warn({ rule, subject, detail }, 'alert opened');
  }

  async #resolve(alert: AlertRow, nowMs: number): Promise<void> {
    const { store, log } = this.#deps;
    const events = [alertEvent('alert.resolved', alert, nowMs)];
    const resolved = await store.resolveAlert(alert.alertId, nowMs, events);
    if (resolved) log.info({ rule: alert.rule, subject: alert.subject }, 'alert resolved');
  }
}

function keyOf({ rule, subject }: Pick<AlertRow, 'rule' | 'subject'>): string {
  return `${rule} ${subject}`;
}

function subjectsOf(alerts: readonly AlertRow[], rule: AlertRule): string[] {
  return alerts.filter((alert) => alert.rule === rule).map(({ subject }) => subject);
}

export function alertEvent(
  name: 'alert.acknowledged' | 'alert.opened' | 'alert.resolved',
  { alertId, rule, subject, accountId, severity, detail }: AlertRow,
  atMs: number,
): NewEvent {
  return {
    name,
    atMs,
    actor: name === 'alert.acknowledged' ? 'operator' : 'marketplace',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { alertId, rule, subject, severity, detail },
  };
}
