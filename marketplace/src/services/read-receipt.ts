import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { isTerminalJob } from '@node3/shared/job-state';
import { billedUnits, priceMax } from '@node3/shared/metering';
import { type BaseUnits, baseUnits, toMoney } from '@node3/shared/money';
import { signReceipt } from '@node3/shared/receipt-signature';
import type { Receipt, SignedReceipt } from '@node3/shared/routes/receipts';
import { toTimestamp } from '@node3/shared/schema';
import { isTerminalPayout } from '@node3/shared/settlement-state';
import { settlementTable } from '@node3/shared/settlement-table';
import type { WalletKey } from '@node3/shared/wallet-key';
import { priceFormula } from '../domain/price-formula.ts';
import { receiptPhasesOf } from '../domain/receipt-phases.ts';
import { settlementRowOf } from '../domain/settlement.ts';
import { termsOf } from '../domain/settlement-postings.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { hashSpec } from './complete-spec.ts';
import { viewPayout } from './job-views.ts';

export interface ReceiptDeps {
  store: Store;
  clock: Clock;
  cluster: Receipt['cluster'];
  receiptKey: WalletKey;
  explorerUrl: (signature: string) => string | null;
}

/**
 * The receipt of an ended job, signed. It is made anew each time, because its payout goes on after
 * the job's end; once it is complete it says the same for ever. JOB_STATE_INVALID before the end.
 */
export async function readReceipt(deps: ReceiptDeps, job: JobRow): Promise<SignedReceipt> {
  if (!isTerminalJob(job.state)) {
    const detail = `The job is ${job.state}; its receipt comes when it has ended.`;
    throw new MarketError('JOB_STATE_INVALID', { detail, jobId: job.jobId, state: job.state });
  }
  return signReceipt(deps.receiptKey, await composeReceipt(deps, job));
}

async function composeReceipt(deps: ReceiptDeps, job: JobRow): Promise<Receipt> {
  const { store } = deps;
  const execution = await decidingExecution(store, job);
  const [quote, payout] = await Promise.all([
    store.quoteOfJob(job.jobId),
    execution === null ? null : store.payoutOfExecution(execution.executionId),
  ]);
  const entries = await store.ledgerEntriesById([
    ...['hold', 'cap', 'fee', 'rel'].map((kind) => `${kind}:${job.jobId}`),
    ...(execution === null ? [] : [`sub:${execution.executionId}`]),
    ...(payout === null ? [] : [`pay:${payout.payoutId}`]),
  ]);
  return {
    version: 1,
    cluster: deps.cluster,
    jobId: job.jobId,
    specHash: hashSpec(job.spec),
    quoteId: quote?.quoteId ?? null,
    ...outcomeOf(job, execution),
    ...moneyOf(job),
    payout: payout === null ? null : viewPayout(payout, deps.explorerUrl),
    transfers: entries.map((entry) => ({
      entry: entry.entry,
      transferId: entry.transferId,
      kind: entry.kind,
      money: toMoney(entry.amount, entry.asset),
      at: toTimestamp(entry.atMs),
      hash: Buffer.from(entry.hash).toString('hex'),
    })),
    complete: payout === null || isTerminalPayout(payout.state),
    issuedAt: toTimestamp(deps.clock.nowMs()),
  };
}

/** The attempt that the job ended with; null when it ended in the queue, whatever came before. */
async function decidingExecution(store: Store, job: JobRow): Promise<ExecutionRow | null> {
  if (job.executionId === null) return null;
  const execution = await store.execution(job.executionId);
  return execution?.finishedAtMs === job.finishedAtMs ? execution : null;
}

function outcomeOf(job: JobRow, execution: ExecutionRow | null) {
  assert(job.reason !== null && job.finishedAtMs !== null, 'an ended job says when and why');
  const { asset, spec } = job;
  // A cancelled attempt that ended for another reason is not billed.
  const ranMs = execution?.reason === job.reason ? (execution.runMs ?? 0) : 0;
  const billedMs = Math.floor(ranMs);
  const row = settlementRowOf(job.reason, ranMs);
  const terms = termsOf(spec, execution);
  const providerShare = job.settlement.providerShare ?? baseUnits(0n);
  const rate = execution?.rate ?? null;
  const { price } = spec;
  return {
    state: job.state,
    reason: job.reason,
    fault: job.fault,
    settledAs: row,
    rule: settlementTable[row],
    exitCode: job.exitCode,
    createdAt: toTimestamp(job.createdAtMs),
    finishedAt: toTimestamp(job.finishedAtMs),
    provider: execution === null ? null : viewProvider(execution),
    price: {
      kind: price.kind,
      most: priceMax(price),
      bidPerGpuHour: price.kind === 'metered' ? price.bidPerGpuHour : null,
      ratePerGpuHour: rate === null ? null : toMoney(rate, asset),
      gpusBilled: billedUnits(spec.resources.gpus),
      runLimitSec: spec.limits.runSec,
      formula: priceFormula(row, terms, billedMs, { asset, providerShare }),
    },
    phases: receiptPhasesOf(job, execution),
    billedMs,
  };
}

function viewProvider({ agentId, agentName, attempt, devices }: ExecutionRow) {
  return { agentId, agentName, attempt, devices: devices.map(({ model }) => model) };
}

function moneyOf({ asset, price, feeBasisPoints, settlement, jobId }: JobRow) {
  const { charged, refund, providerShare, fee } = settlement;
  assert(
    charged !== null && refund !== null && providerShare !== null && fee !== null,
    `the money of the ended job ${jobId} is divided`,
  );
  assert(charged <= price, `job ${jobId} was charged more than it was quoted`);
  assert(charged + refund === price, `the money held for job ${jobId} is all accounted for`);
  const money = (amount: BaseUnits) => toMoney(amount, asset);
  return {
    quoted: money(price),
    held: money(price),
    charged: money(charged),
    refund: money(refund),
    providerShare: money(providerShare),
    fee: money(fee),
    feeBasisPoints,
    paidFromFees: money(baseUnits(providerShare + fee - charged)),
    networkFee: toMoney(0n, 'SOL'),
  };
}
