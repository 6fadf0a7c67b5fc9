import type { Clock } from '@node3/shared/clock';
import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { AlertView, listAlerts as contract } from '@node3/shared/routes/alerts';
import { toTimestamp } from '@node3/shared/schema';
import type { AlertRow, AlertStore } from '../store/alert-store.ts';
import { alertEvent } from './watch-alerts.ts';

interface Deps {
  store: AlertStore;
  clock: Clock;
}

/** @param accountId null is the operator, who sees all. */
export async function listAlerts(
  { store }: Deps,
  accountId: string | null,
  query: QueryOf<typeof contract>,
): Promise<{ data: AlertView[]; nextCursor: string | null }> {
  const limit = query.limit ?? limits.listPageDefault;
  const rows = await store.alerts({
    accountId,
    state: query.state ?? 'open',
    beforeAlertId: query.cursor ?? null,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.alertId ?? null) : null;
  return { data: page.map(viewAlert), nextCursor };
}

export async function acknowledgeAlert({ store, clock }: Deps, alertId: string) {
  const nowMs = clock.nowMs();
  const alert = await store.acknowledgeAlert(alertId, nowMs, (row) => [
    alertEvent('alert.acknowledged', row, nowMs),
  ]);
  if (alert === null) throw new MarketError('ALERT_NOT_FOUND', { alertId });
  return viewAlert(alert);
}

function viewAlert(row: AlertRow): AlertView {
  const { alertId, rule, subject, accountId, severity, detail, facts } = row;
  const time = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return {
    alertId,
    rule,
    subject,
    accountId,
    severity,
    detail,
    facts,
    state: row.resolvedAtMs === null ? 'open' : 'resolved',
    openedAt: toTimestamp(row.openedAtMs),
    resolvedAt: time(row.resolvedAtMs),
    acknowledgedAt: time(row.acknowledgedAtMs),
  };
}
