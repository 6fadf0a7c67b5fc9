import type { AlertFacts, AlertRule, AlertSeverity } from '@node3/shared/alert-rules';
import type { NewEvent } from '@node3/shared/events';
import type { AlertRow, AlertSearch, AlertStore } from '../alert-store.ts';
import { fromJson, toJsonOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { toWebhook, type WebhookRecord } from './webhooks.ts';
import type { Tx, Work } from './work.ts';

interface AlertRecord {
  alert_id: string;
  rule: AlertRule;
  subject: string;
  account_id: string | null;
  severity: AlertSeverity;
  detail: string;
  facts: string | null;
  opened_at_ms: bigint;
  resolved_at_ms: bigint | null;
  acknowledged_at_ms: bigint | null;
}

const selectOpen = `
  SELECT * FROM alerts INDEXED BY alerts_open WHERE resolved_at_ms IS NULL ORDER BY rule, subject`;
const insertAlert = `
  INSERT INTO alerts (alert_id, rule, subject, account_id, severity, detail, facts, opened_at_ms)
  VALUES (@alertId, @rule, @subject, @accountId, @severity, @detail, @facts, @openedAtMs)
  ON CONFLICT (rule, subject) WHERE resolved_at_ms IS NULL DO NOTHING`;
const resolveOne =
  'UPDATE alerts SET resolved_at_ms = ? WHERE alert_id = ? AND resolved_at_ms IS NULL';
const acknowledgeOne = `
  UPDATE alerts SET acknowledged_at_ms = ? WHERE alert_id = ? AND acknowledged_at_ms IS NULL`;
const selectOne = 'SELECT * FROM alerts WHERE alert_id = ?';
const ofAccount = `
  SELECT * FROM alerts WHERE account_id = ? AND alert_id < ? ORDER BY alert_id DESC LIMIT ?`;
const ofAll = 'SELECT * FROM alerts WHERE alert_id < ? ORDER BY alert_id DESC LIMIT ?';
const selectFailing = `
  SELECT * FROM webhooks INDEXED BY webhooks_failing WHERE failing_since_ms < ?
  ORDER BY failing_since_ms LIMIT ?`;
const prune = `
  DELETE FROM alerts WHERE alert_id IN (
    SELECT alert_id FROM alerts INDEXED BY alerts_resolved
    WHERE resolved_at_ms IS NOT NULL AND resolved_at_ms < ? ORDER BY resolved_at_ms LIMIT ?)`;
/** Sorts after every id. */
const afterAllIds = '~';

export function createAlertStore(database: Database): AlertStore {
  return {
    async openAlerts() {
      const found = await database.read((tx) => tx.all<AlertRecord>(selectOpen));
      return found.map(toAlert);
    },
    openAlert: (alert, events) => database.write((tx) => openAlert(tx, alert, events)),
    resolveAlert: (alertId, nowMs, events) =>
      database.write((tx) => resolveAlert(tx, alertId, nowMs, events)),
    acknowledgeAlert: (alertId, nowMs, events) =>
      database.write((tx) => acknowledgeAlert(tx, alertId, nowMs, events)),
    pruneAlerts: (resolvedBeforeMs, limit) =>
      database.write((tx) => tx.run(prune, resolvedBeforeMs, limit)),
    alerts: (search) => database.read((tx) => findAlerts(tx, search)),
    async failingWebhooks(beforeMs, limit) {
      const found = await database.read((tx) =>
        tx.all<WebhookRecord>(selectFailing, beforeMs, limit),
      );
      return found.map(toWebhook);
    },
  };
}

function* openAlert(tx: Tx, alert: AlertRow, events: NewEvent[]): Work<boolean> {
  const { alertId, rule, subject, accountId, severity, detail, openedAtMs } = alert;
  const facts = toJsonOrNull(alert.facts);
  const values = { alertId, rule, subject, accountId, severity, detail, facts, openedAtMs };
  if ((yield* tx.run(insertAlert, values)) === 0) return false;
  yield* appendEventsIn(tx, events);
  return true;
}

function* resolveAlert(tx: Tx, alertId: string, nowMs: number, events: NewEvent[]): Work<boolean> {
  if ((yield* tx.run(resolveOne, nowMs, alertId)) === 0) return false;
  yield* appendEventsIn(tx, events);
  return true;
}

function* acknowledgeAlert(
  tx: Tx,
  alertId: string,
  nowMs: number,
  events: (alert: AlertRow) => NewEvent[],
): Work<AlertRow | null> {
  const changed = yield* tx.run(acknowledgeOne, nowMs, alertId);
  const found = yield* tx.get<AlertRecord>(selectOne, alertId);
  if (found === undefined) return null;
  const alert = toAlert(found);
  if (changed > 0) yield* appendEventsIn(tx, events(alert));
  return alert;
}

function* findAlerts(tx: Tx, search: AlertSearch): Work<AlertRow[]> {
  const { accountId, state, beforeAlertId, limit } = search;
  const before = beforeAlertId ?? afterAllIds;
  if (state === 'open') {
    const open = yield* tx.all<AlertRecord>(selectOpen);
    const own = open
      .map(toAlert)
      .filter((alert) => accountId === null || alert.accountId === accountId);
    const newest = own.toSorted((a, b) => (a.alertId < b.alertId ? 1 : -1));
    return newest.filter(({ alertId }) => alertId < before).slice(0, limit);
  }
  const found =
    accountId === null
      ? yield* tx.all<AlertRecord>(ofAll, before, limit)
      : yield* tx.all<AlertRecord>(ofAccount, accountId, before, limit);
  return found.map(toAlert);
}

function toAlert(record: AlertRecord): AlertRow {
  const time = (value: bigint | null) => (value === null ? null : Number(value));
  return {
    alertId: record.alert_id,
    rule: record.rule,
    subject: record.subject,
    accountId: record.account_id,
    severity: record.severity,
    detail: record.detail,
    facts: record.facts === null ? null : (fromJson(record.facts) as AlertFacts),
    openedAtMs: Number(record.opened_at_ms),
    resolvedAtMs: time(record.resolved_at_ms),
    acknowledgedAtMs: time(record.acknowledged_at_ms),
  };
}
