import type Database from 'better-sqlite3';
import { initialSchema } from './0001-initial-schema.ts';
import { payouts } from './0002-payouts.ts';
import { payoutKinds } from './0003-payout-kinds.ts';
import { ledgerChain } from './0004-ledger-chain.ts';
import { meteredPrices } from './0005-metered-prices.ts';
import { x402 } from './0006-x402.ts';
import { keyGuards } from './0007-key-guards.ts';
import { deposits } from './0008-deposits.ts';
import { quotes } from './0009-quotes.ts';
import { withdrawals } from './0010-withdrawals.ts';
import { spendingCaps } from './0011-spending-caps.ts';
import { payoutTotals } from './0012-payout-totals.ts';
import { dustByAmount } from './0013-dust-by-amount.ts';
import { jobMatching } from './0014-job-matching.ts';
import { jobLifecycle } from './0015-job-lifecycle.ts';
import { schedules } from './0016-schedules.ts';
import { templates } from './0017-templates.ts';
import { agentState } from './0018-agent-state.ts';
import { reputation } from './0019-reputation.ts';
import { placement } from './0020-placement.ts';
import { lighterWrites } from './0021-lighter-writes.ts';
import { logRemovals } from './0022-log-removals.ts';
import { auditLog } from './0023-audit-log.ts';
import { artifacts } from './0024-artifacts.ts';
import { replicas } from './0025-replicas.ts';
import { webhooks } from './0026-webhooks.ts';
import { dataKeys } from './0027-data-keys.ts';
import { alerts } from './0028-alerts.ts';
import { homeChanges } from './0029-home-changes.ts';
import { gpuProofs } from './0030-gpu-proofs.ts';
import { resolvedAlerts } from './0031-resolved-alerts.ts';
import { jobTypes } from './0032-job-types.ts';
import { artifactRemovals } from './0033-artifact-removals.ts';
import { jobUsage } from './0034-job-usage.ts';
import { imagePulls } from './0035-image-pulls.ts';
import { keyScopes } from './0036-key-scopes.ts';
import { sharing } from './0037-sharing.ts';
import { signIn } from './0038-sign-in.ts';
import { templateGallery } from './0039-template-gallery.ts';
import { workProgress } from './0040-work-progress.ts';
import { flows } from './0041-flows.ts';
import { providers } from './0042-providers.ts';
import { executionUsage } from './0043-execution-usage.ts';
import { statements } from './0044-statements.ts';
import { marketReads } from './0045-market-reads.ts';
import { operatorPages } from './0046-operator-pages.ts';
import { endedJobs } from './0047-ended-jobs.ts';
import { scheduleKeys } from './0048-schedule-keys.ts';
import { galleryByUses } from './0049-gallery-by-uses.ts';
import { alertFacts } from './0050-alert-facts.ts';
import { agentsByState } from './0051-agents-by-state.ts';
import { jobLabels } from './0052-job-labels.ts';
import { agentDays } from './0053-agent-days.ts';

export interface Migration {
  name: string;
  sql: string;
  /** What SQL can't say. Runs after `sql`, in the same transaction. */
  fill?(db: Database.Database): void;
}

/** In order; a released migration is never edited. */
export const migrations: readonly Migration[] = [
  initialSchema,
  payouts,
  payoutKinds,
  ledgerChain,
  meteredPrices,
  x402,
  keyGuards,
  deposits,
  quotes,
  withdrawals,
  spendingCaps,
  payoutTotals,
  dustByAmount,
  jobMatching,
  jobLifecycle,
  schedules,
  templates,
  agentState,
  reputation,
  placement,
  lighterWrites,
  logRemovals,
  auditLog,
  artifacts,
  replicas,
  webhooks,
  dataKeys,
  alerts,
  homeChanges,
  gpuProofs,
  resolvedAlerts,
  jobTypes,
  artifactRemovals,
  jobUsage,
  imagePulls,
  keyScopes,
  sharing,
  signIn,
  templateGallery,
  workProgress,
  flows,
  providers,
  executionUsage,
  statements,
  marketReads,
  operatorPages,
  endedJobs,
  scheduleKeys,
  galleryByUses,
  alertFacts,
  agentsByState,
  jobLabels,
  agentDays,
];
