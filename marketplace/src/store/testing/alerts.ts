import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../alert-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

function alertOf(world: World, change: Partial<AlertRow> = {}): AlertRow {
  return {
    alertId: world.ids.next('alert'),
    rule: 'agent-offline',
    subject: 'agt_1',
    accountId: 'acc_1',
    severity: 'warning',
    detail: 'The agent says nothing.',
    facts: { name: 'rig', ms: 120_000 },
    openedAtMs: 10,
    resolvedAtMs: null,
    acknowledgedAtMs: null,
    ...change,
  };
}

/** Uses each method of the store for alerts at least once. */
export async function liveThroughAlerts(world: World): Promise<void> {
  const { store } = world;
  const alert = alertOf(world);
  await store.openAlert(alert, []);
  await store.openAlerts();
  await store.acknowledgeAlert(alert.alertId, 11, () => []);
  await store.resolveAlert(alert.alertId, 12, []);
  const page = { beforeAlertId: null, limit: 5 };
  await store.alerts({ ...page, accountId: null, state: 'all' });
  await store.alerts({ ...page, accountId: 'acc_1', state: 'all' });
  await store.failingWebhooks(1, 5);
  await store.pruneAlerts(1, 5);
}

export function describeAlerts(given: Given): void {
  describe('alerts', () => {
    it('are open once for each rule and subject, and again after they were resolved', async () => {
      const { store, world } = given;
      const first = alertOf(world);
      expect(await store.openAlert(first, [])).toBe(true);
      expect(await store.openAlert(alertOf(world), [])).toBe(false);
      expect(await store.openAlert(alertOf(world, { subject: 'agt_2' }), [])).toBe(true);
      expect(await store.resolveAlert(first.alertId, 20, [])).toBe(true);
      expect(await store.resolveAlert(first.alertId, 30, [])).toBe(false);
      expect(await store.openAlert(alertOf(world), [])).toBe(true);
      expect((await store.openAlerts()).map(({ subject }) => subject)).toEqual(['agt_1', 'agt_2']);
    });

    it('are removed when they ended long ago, the oldest first, and never while open', async () => {
      const { store, world } = given;
      for (const [subject, endedAtMs] of [
        ['a', 20],
        ['b', 21],
        ['c', 22],
        ['d', null],
      ] as const) {
        const alert = alertOf(world, { subject });
        await store.openAlert(alert, []);
        if (endedAtMs !== null) await store.resolveAlert(alert.alertId, endedAtMs, []);
      }
      expect(await store.pruneAlerts(22, 1)).toBe(1);
      expect(await store.pruneAlerts(22, 9)).toBe(1);
      expect(await store.pruneAlerts(22, 9)).toBe(0);
      const search = { accountId: null, state: 'all', beforeAlertId: null, limit: 9 } as const;
      const left = (await store.alerts(search)).map(({ subject }) => subject);
      expect(left).toEqual(['d', 'c']);
    });

    it('are acknowledged once, and found by account', async () => {
      const { store, world } = given;
      const own = alertOf(world);
      const other = alertOf(world, { subject: 'x', accountId: null });
      await store.openAlert(own, []);
      await store.openAlert(other, []);
      expect(await store.acknowledgeAlert(own.alertId, 15, () => [])).toMatchObject({
        acknowledgedAtMs: 15,
      });
      expect(await store.acknowledgeAlert(own.alertId, 16, () => [])).toMatchObject({
        acknowledgedAtMs: 15,
      });
      expect(await store.acknowledgeAlert('alr_none', 16, () => [])).toBeNull();
      await store.resolveAlert(own.alertId, 20, []);
      const page = { beforeAlertId: null, limit: 5 };
      const ids = async (accountId: string | null, state: 'open' | 'all') =>
        (await store.alerts({ ...page, accountId, state })).map(({ alertId }) => alertId);
      expect(await ids('acc_1', 'all')).toEqual([own.alertId]);
      expect(await ids('acc_1', 'open')).toEqual([]);
      expect(await ids(null, 'open')).toEqual([other.alertId]);
      expect(await ids(null, 'all')).toEqual([other.alertId, own.alertId]);
    });
  });
}
