import type { AlertFacts, AlertRule, AlertSeverity } from '@node3/shared/alert-rules';
import type { NewEvent } from '@node3/shared/events';
import type { WebhookRow } from './webhook-store.ts';

/** Something that somebody should look at. */
export interface AlertRow {
  alertId: string;
  rule: AlertRule;
  /** What it is about, such as an agent; one alert of a rule is open for each. */
  subject: string;
  /** Whose it is; null is the operator's. */
  accountId: string | null;
  severity: AlertSeverity;
  /** One sentence for people, as of when it was opened. */
  detail: string;
  /** What it is made of; null where that is not known apart from it. */
  facts: AlertFacts | null;
  openedAtMs: number;
  resolvedAtMs: number | null;
  /** When an operator said that it is known. */
  acknowledgedAtMs: number | null;
}

export interface AlertSearch {
  /** null is the operator's look at all of them. */
  accountId: string | null;
  state: 'open' | 'all';
  beforeAlertId: string | null;
  limit: number;
}

export interface AlertStore {
  /** Those that are open, of everybody. */
  openAlerts(): Promise<AlertRow[]>;
  /** Opens one; false where one of its rule and subject is open already, and nothing is noted. */
  openAlert(alert: AlertRow, events: NewEvent[]): Promise<boolean>;
  /** false where it was resolved already. */
  resolveAlert(alertId: string, nowMs: number, events: NewEvent[]): Promise<boolean>;
  /** null where there is none; one that was acknowledged already stays as it is. */
  acknowledgeAlert(
    alertId: string,
    nowMs: number,
    events: (alert: AlertRow) => NewEvent[],
  ): Promise<AlertRow | null>;
  /** Removes at most `limit` of those that ended before a time. @returns how many. */
  pruneAlerts(resolvedBeforeMs: number, limit: number): Promise<number>;
  alerts(search: AlertSearch): Promise<AlertRow[]>;
  /** Webhooks that have failed since before a time. */
  failingWebhooks(beforeMs: number, limit: number): Promise<WebhookRow[]>;
}
