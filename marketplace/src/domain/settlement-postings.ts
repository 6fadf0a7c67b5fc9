import { assert } from '@node3/shared/assert';
import type { JobSpec } from '@node3/shared/job-spec';
import { billedUnits } from '@node3/shared/metering';
import { type BaseUnits, fromMoney, zero } from '@node3/shared/money';
import type { JobSnapshot } from '../store/job-store.ts';
import type { ExecutionRow, NewPayout, Transfer } from '../store/rows.ts';
import type { AttemptEnd } from './job-ending.ts';
import { feeRevenue, heldForJob, providerPayable, userAvailable } from './ledger-accounts.ts';
import { type PriceTerms, type Settlement, settle } from './settlement.ts';

/** What a settlement does to the books. */

/** What this job costs at the execution that holds it: a metered one pays the matched rate. */
export function termsOf(
  { price, limits, resources }: JobSpec,
  execution: Pick<ExecutionRow, 'rate'> | null,
): PriceTerms {
  if (price.kind === 'fixed') {
    return { kind: 'fixed', reward: fromMoney(price.reward), runLimitMs: limits.runSec * 1_000 };
  }
  return {
    kind: 'metered',
    rate: execution?.rate ?? fromMoney(price.bidPerGpuHour),
    units: billedUnits(resources.gpus),
    cap: fromMoney(price.cap),
  };
}

export function settleAttempt(
  snapshot: JobSnapshot,
  end: Pick<AttemptEnd, 'reason' | 'runMs'>,
  feePool: () => BaseUnits,
): Settlement {
  const { spec, price: held, feeBasisPoints } = snapshot.job;
  const terms = termsOf(spec, snapshot.execution);
  const { reason, runMs } = end;
  return settle({
    terms,
    held,
    feeBasisPoints,
    reason,
    runMs,
    // Asked for by the few rows that need it: most ends pay nothing out of the pool.
    get feePool() {
      return feePool();
    },
  });
}

/** Empties the escrow of an ended job: to the provider, the marketplace and back. */
export function escrowTransfers(
  { job, execution }: JobSnapshot,
  settlement: Settlement,
): Transfer[] {
  const { jobId, accountId, asset } = job;
  const captured = (settlement.providerShare - settlement.fromFeePool) as BaseUnits;
  const moves: [string, Transfer['kind'], string, BaseUnits][] = [
    [`rel:${jobId}`, 'release', userAvailable(accountId), settlement.refund],
    [`fee:${jobId}`, 'fee', feeRevenue, settlement.fee],
  ];
  if (execution !== null) {
    moves.push([`cap:${jobId}`, 'capture', providerPayable(execution.agentId), captured]);
  }
  const debit = heldForJob(jobId);
  return moves.flatMap(([transferId, kind, credit, amount]) =>
    amount === zero
      ? []
      : [{ transferId, kind, debit, credit, asset, amount, ref: jobId, accountId }],
  );
}

/** Pays the provider for a run that the marketplace failed, out of what it has earned. */
export function subsidyTransfers(
  { job, execution }: JobSnapshot,
  { fromFeePool }: Settlement,
): Transfer[] {
  if (execution === null || fromFeePool === zero) return [];
  return [
    {
      transferId: `sub:${execution.executionId}`,
      kind: 'subsidy',
      debit: feeRevenue,
      credit: providerPayable(execution.agentId),
      asset: job.asset,
      amount: fromFeePool,
      ref: job.jobId,
    },
  ];
}

/** What the provider is owed; it leaves when the time for disputes is over. */
export function payoutOf(
  { job, execution }: JobSnapshot,
  amount: BaseUnits,
  context: { payoutId: string; payoutDueAtMs: number; wallet: string },
): NewPayout | null {
  if (execution === null || amount === zero) return null;
  assert(context.wallet !== '', 'a payout needs the wallet of its agent');
  return {
    payoutId: context.payoutId,
    kind: 'earning',
    ledgerAccount: providerPayable(execution.agentId),
    jobId: job.jobId,
    executionId: execution.executionId,
    agentId: execution.agentId,
    wallet: context.wallet,
    asset: job.asset,
    amount,
    dueAtMs: context.payoutDueAtMs,
  };
}
