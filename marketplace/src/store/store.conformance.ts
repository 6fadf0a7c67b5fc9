import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from './store.ts';
import { describeAccounts } from './testing/accounts.ts';
import { describeAgents } from './testing/agents.ts';
import { describeAlerts } from './testing/alerts.ts';
import { describeArtifacts } from './testing/artifacts.ts';
import { describeAudit } from './testing/audit.ts';
import { describeCaps } from './testing/caps.ts';
import { describeChanges } from './testing/changes.ts';
import { describeClaims } from './testing/claims.ts';
import { describeDataKeys } from './testing/data-keys.ts';
import { describeDependencies } from './testing/dependencies.ts';
import { describeDeposits } from './testing/deposits.ts';
import { describeEvents } from './testing/events.ts';
import { describeExecutionUsage } from './testing/execution-usage.ts';
import { describeFlows } from './testing/flows.ts';
import { describeGpuProofs } from './testing/gpu-proofs.ts';
import { describeHistories } from './testing/histories.ts';
import { describeJobLabels } from './testing/job-labels.ts';
import { describeKeyGuards } from './testing/key-guards.ts';
import { describeLeases } from './testing/leases.ts';
import { describeLedger } from './testing/ledger.ts';
import { describeLedgerHistories } from './testing/ledger-histories.ts';
import { describeLogRemoval } from './testing/log-removal.ts';
import { describeLogs } from './testing/logs.ts';
import { describeOperatorReads } from './testing/operator-reads.ts';
import { describePayoutBatches } from './testing/payout-batches.ts';
import { describePayoutQueue } from './testing/payout-queue.ts';
import { describePayoutSettlements } from './testing/payout-settlements.ts';
import { describePosting } from './testing/posting.ts';
import { describePrices } from './testing/prices.ts';
import { describeProviders } from './testing/providers.ts';
import { describeQuotes } from './testing/quotes.ts';
import { describeReplicas } from './testing/replicas.ts';
import { describeReservations } from './testing/reservations.ts';
import { describeSchedules } from './testing/schedules.ts';
import { describeSessions } from './testing/sessions.ts';
import { describeSharing } from './testing/sharing.ts';
import { describeStatements } from './testing/statements.ts';
import { describeTemplates } from './testing/templates.ts';
import { describeUsage } from './testing/usage.ts';
import { describeWebhooks } from './testing/webhooks.ts';
import { World } from './testing/world.ts';
import { describeX402 } from './testing/x402.ts';

export interface StoreUnderTest {
  store: Store;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<Store>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

/** An empty store. */
export type MakeStore = () => Promise<StoreUnderTest>;

export interface Given {
  readonly world: World;
  readonly store: Store;
  reopen(): Promise<Store>;
}

/** What every implementation of `Store` must do. */
export function describeStore(name: string, makeStore: MakeStore): void {
  describe(`${name} is a Store`, () => {
    let current: { world: World; tested: StoreUnderTest } | null = null;
    const used = () => {
      if (current === null) throw new Error('the store exists within a test only');
      return current;
    };
    const given: Given = {
      get world() {
        return used().world;
      },
      get store() {
        return used().world.store;
      },
      async reopen() {
        const { world, tested } = used();
        world.store = await tested.reopen();
        return world.store;
      },
    };
    beforeEach(async () => {
      const tested = await makeStore();
      current = { world: new World(tested.store), tested };
    });
    afterEach(async () => {
      await used().tested.dispose();
      current = null;
    });

    describeAccounts(given);
    describeAgents(given);
    describePosting(given);
    describeJobLabels(given);
    describeCaps(given);
    describeUsage(given);
    describePrices(given);
    describeOperatorReads(given);
    describeProviders(given);
    describeQuotes(given);
    describeReplicas(given);
    describeReservations(given);
    describeGpuProofs(given);
    describeClaims(given);
    describeChanges(given);
    describeDependencies(given);
    describeLeases(given);
    describeLogs(given);
    describeLogRemoval(given);
    describeDataKeys(given);
    describeLedger(given);
    describeStatements(given);
    describePayoutBatches(given);
    describePayoutQueue(given);
    describePayoutSettlements(given);
    describeKeyGuards(given);
    describeDeposits(given);
    describeSharing(given);
    describeTemplates(given);
    describeArtifacts(given);
    describeSchedules(given);
    describeExecutionUsage(given);
    describeFlows(given);
    describeSessions(given);
    describeEvents(given);
    describeAlerts(given);
    describeAudit(given);
    describeWebhooks(given);
    describeX402(given);
    describeHistories(makeStore);
    describeLedgerHistories(makeStore);
  });
}
