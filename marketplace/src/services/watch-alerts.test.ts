import { silentLogger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pricingDefaults } from '../config.ts';
import { WebhookTestbed } from '../testing/webhook-testbed.ts';
import { createWebhook } from './manage-webhooks.ts';
import type { AgentPresence } from './presence.ts';
import { type AlertDeps, AlertWatch } from './watch-alerts.ts';

let bed: WebhookTestbed;
let watch: AlertWatch;
let agents: AgentPresence[];
let online: boolean;
let treasury: bigint | null;
let ledgerProblem: string | null;
let diskFree: number | null;

beforeEach(() => {
  bed = new WebhookTestbed();
  agents = [];
  online = true;
  treasury = 10n ** 10n;
  ledgerProblem = null;
  diskFree = 0.5;
  const deps: AlertDeps = {
    ...bed.deps,
    log: silentLogger,
    presence: { all: () => agents, isOnline: () => online },
    alertThresholds: pricingDefaults.alerts,
    treasuryLamports: () => (treasury === null ? null : baseUnits(treasury)),
    ledgerProblem: () => ledgerProblem,
    diskFreeRatio: () => diskFree,
  };
  watch = new AlertWatch(deps);
  watch.start();
});
afterEach(() => bed.store.close());

async function open(): Promise<string[]> {
  await watch.turn();
  return (await bed.store.openAlerts()).map(({ rule, subject }) => `${rule} ${subject}`);
}

async function names(): Promise<string[]> {
  const events = await bed.store.eventsAfter(0, 1_000);
  return events.map(({ name }) => name).filter((name) => name.startsWith('alert.'));
}

describe('alerts', () => {
  it('open once, and end only well on the other side', async () => {
    diskFree = 0.1;
    expect(await open()).toEqual(['disk-full disk']);
    expect(await open()).toEqual(['disk-full disk']);
    diskFree = 0.12;
    expect(await open()).toEqual(['disk-full disk']);
    diskFree = null;
    expect(await open()).toEqual(['disk-full disk']);
    diskFree = 0.13;
    expect(await open()).toEqual([]);
    diskFree = 0.12;
    expect(await open()).toEqual([]);
    expect(await names()).toEqual(['alert.opened', 'alert.resolved']);
  });

  it('[7.22] [11.08] tell of the treasury, of the ledger, and of nothing that is not known', async () => {
    treasury = null;
    expect(await open()).toEqual([]);
    treasury = 1_000_000_000n;
    ledgerProblem = 'The ledger does not add up.';
    expect(await open()).toEqual(['ledger-broken ledger', 'treasury-low treasury']);
    treasury = 1_250_000_000n;
    ledgerProblem = null;
    expect(await open()).toEqual([]);
  });

  it('[11.08] tell the owner of an agent that is silent, until it speaks or has left', async () => {
    const accountId = await bed.world.openAccount(0n);
    const agentId = await bed.world.registerAgent(`w-${accountId}`);
    const nowMs = bed.clock.nowMs();
    const base = { agentId, wallet: `w-${accountId}`, name: 'rig', lastSeenAtMs: nowMs };
    agents = [base as AgentPresence];
    online = false;
    bed.clock.advance(119_999);
    expect(await open()).toEqual([]);
    bed.clock.advance(1);
    expect(await open()).toEqual([`agent-offline ${agentId}`]);
    const [alert] = await bed.store.openAlerts();
    expect(alert).toMatchObject({
      accountId,
      detail: 'The agent rig has said nothing for 2 min.',
      facts: { name: 'rig', ms: 120_000 },
    });
    online = true;
    expect(await open()).toEqual([]);
    online = false;
    expect(await open()).toHaveLength(1);
    agents = [];
    expect(await open()).toEqual([]);
  });

  it('are removed 90 days after they were over', async () => {
    const accountId = await bed.world.openAccount(1_000_000n);
    await bed.happen('job.posted', accountId, { asset: 'USDC' });
    expect(await open()).toHaveLength(1);
    await bed.world.deposit(accountId, baseUnits(249_999_000n));
    expect(await open()).toEqual([]);
    const search = { accountId, state: 'all', beforeAlertId: null, limit: 9 } as const;
    bed.clock.advance(90 * 86_400_000);
    await open();
    expect(await bed.store.alerts(search)).toHaveLength(1);
    bed.clock.advance(1);
    await open();
    expect(await bed.store.alerts(search)).toEqual([]);
  });

  it('tell an account that posts jobs that little is left', async () => {
    const accountId = await bed.world.openAccount(1_000_000n);
    expect(await open()).toEqual([]);
    await bed.happen('job.posted', accountId, { asset: 'USDC' });
    expect(await open()).toEqual([`balance-low ${accountId} USDC`]);
    await bed.world.deposit(accountId, baseUnits(249_999n));
    expect(await open()).toHaveLength(1);
    await bed.world.deposit(accountId, baseUnits(1n));
    expect(await open()).toEqual([]);
  });

  it('[11.08] tell of jobs that wait long, and of webhooks that fail long', async () => {
    const accountId = await bed.world.openAccount(10n ** 9n);
    const job = await bed.world.post(accountId);
    const url = 'http://127.0.0.1:9/';
    const { webhookId } = await createWebhook(bed.deps, bed.caller(accountId), { url });
    const failingSinceMs = bed.clock.nowMs();
    await bed.store.changeWebhook(webhookId, () => ({ change: { failingSinceMs }, events: [] }));
    bed.clock.advance(600_000 + (job.createdAtMs - bed.clock.nowMs()));
    expect(await open()).toContain('queue-old queue');
    bed.clock.advance(3_600_000);
    expect(await open()).toContain(`webhook-failing ${webhookId}`);
    await bed.store.changeWebhook(webhookId, () => ({
      change: { failingSinceMs: null },
      events: [],
    }));
    expect(await open()).not.toContain(`webhook-failing ${webhookId}`);
  });
});
