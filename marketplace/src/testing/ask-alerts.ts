import type { RouteContract } from '@node3/shared/contract';
import { systemIds } from '@node3/shared/ids';
import * as routes from '@node3/shared/routes/alerts';
import type { TestMarketplace } from './test-marketplace.ts';

/** Asks every endpoint for alerts once. */
export async function askAlerts(
  ask: (contract: RouteContract, apiKey: string | null, args: object) => Promise<unknown>,
  { adminApiKey, store }: Pick<TestMarketplace, 'adminApiKey' | 'store'>,
): Promise<void> {
  const alertId = systemIds.next('alert');
  const about = { rule: 'queue-old' as const, subject: 'asked', severity: 'warning' as const };
  const times = { openedAtMs: 1, resolvedAtMs: null, acknowledgedAtMs: null };
  const told = { detail: 'The oldest job has waited for 11 min.', facts: { ms: 660_000 } };
  await store.openAlert({ alertId, ...about, accountId: null, ...told, ...times }, []);
  await ask(routes.acknowledgeAlert, adminApiKey, { params: { alertId } });
  await ask(routes.listAlerts, adminApiKey, { query: { state: 'all' } });
}
