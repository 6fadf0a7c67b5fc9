import type { Store } from '../store.ts';
import { createAccountSearch } from './account-search.ts';
import { createAccountStore } from './account-store.ts';
import { createAlertStore } from './alert-store.ts';
import { createArtifactStore } from './artifact-store.ts';
import { createAuditStore } from './audit-log.ts';
import { createCapStore } from './cap-store.ts';
import { createDataKeyStore } from './data-key-store.ts';
import type { Database } from './database.ts';
import { createDependencies } from './dependencies.ts';
import { createDepositStore } from './deposit-store.ts';
import { createEvents } from './events.ts';
import { createExecutionUsageStore } from './execution-usage-store.ts';
import { createFlowStore } from './flow-store.ts';
import { createGpuProofStore } from './gpu-proof-store.ts';
import { createJobLinkStore } from './job-link-store.ts';
import { createJobStore } from './job-store.ts';
import { createLedgerStore } from './ledger-store.ts';
import { createLogRemoval } from './log-removal.ts';
import { createPayoutStore } from './payout-store.ts';
import { createPriceStore } from './price-store.ts';
import { createProviderStore } from './provider-store.ts';
import { createQuoteStore } from './quote-store.ts';
import { createReplicaStore } from './replica-store.ts';
import { createReservationStore } from './reservation-store.ts';
import { createScheduleStore } from './schedule-store.ts';
import { createSessionStore } from './session-store.ts';
import { createSnippetStore } from './snippet-store.ts';
import { createStatementStore } from './statement-store.ts';
import { createSwitchStore } from './switch-store.ts';
import { createTemplateStore } from './template-store.ts';
import { createUsageStore } from './usage-store.ts';
import { createWebhookStore } from './webhook-deliveries.ts';
import { createWithdrawalStore } from './withdrawal-store.ts';
import { createX402Store } from './x402-store.ts';

const countChecks = `
  INSERT INTO meta (key, value) VALUES ('write_checks', 1)
  ON CONFLICT (key) DO UPDATE SET value = meta.value + 1`;

/** The store on an engine. */
export function createSqlStore(database: Database): Store {
  return {
    ...createAccountStore(database),
    ...createAccountSearch(database),
    ...createDepositStore(database),
    ...createWithdrawalStore(database),
    ...createExecutionUsageStore(database),
    ...createFlowStore(database),
    ...createGpuProofStore(database),
    ...createJobStore(database),
    ...createJobLinkStore(database),
    ...createAlertStore(database),
    ...createArtifactStore(database),
    ...createAuditStore(database),
    ...createCapStore(database),
    ...createUsageStore(database),
    ...createLogRemoval(database),
    ...createDataKeyStore(database),
    ...createDependencies(database),
    ...createPriceStore(database),
    ...createProviderStore(database),
    ...createQuoteStore(database),
    ...createPayoutStore(database),
    ...createLedgerStore(database),
    ...createReplicaStore(database),
    ...createReservationStore(database),
    ...createScheduleStore(database),
    ...createSnippetStore(database),
    ...createSessionStore(database),
    ...createStatementStore(database),
    ...createSwitchStore(database),
    ...createTemplateStore(database),
    ...createWebhookStore(database),
    ...createX402Store(database),
    ...createEvents(database),
    checkWritable() {
      return database.write(function* (tx) {
        yield* tx.post(countChecks);
      });
    },
    backUp: (file) => database.backUp(file),
    close() {
      return database.close();
    },
  };
}
