import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { verifyReceipt } from '@node3/shared/receipt-signature';
import {
  getReceipt,
  getReceiptKey,
  type Receipt,
  type SignedReceipt,
} from '@node3/shared/routes/receipts';
import { CommandError, usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import { durationText, moneyText, priceText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface VerifyOptions {
  key?: string;
}

/** `node3 receipt JOB`: the receipt of an ended job, checked against the marketplace's own key. */
export async function showReceipt(context: Context, { args }: Call<object>): Promise<number> {
  const jobId = requireJobId(args[0]);
  const [signed, published] = await Promise.all([
    connect(context, 'requester').call(getReceipt, { params: { jobId } }),
    connect(context, 'public').call(getReceiptKey, {}),
  ]);
  requireGenuine(signed, published.key);
  return print(context, signed, 'genuine');
}

/** `node3 receipt verify FILE`: needs no marketplace. Without --key it says whose signature it is. */
export async function verifyReceiptFile(
  context: Context,
  { args, options }: Call<VerifyOptions>,
): Promise<number> {
  const signed = await readSigned(resolve(context.host.cwd, args[0] ?? ''));
  requireGenuine(signed, options.key ?? signed.key);
  if (options.key === undefined && !context.terminal.json) {
    await context.terminal.talk(
      'Compare the key with the one of the marketplace, or give it: --key',
    );
  }
  // Unchanged since its signature, but anybody has a key to sign with.
  return print(context, signed, options.key === undefined ? 'whoever that is' : 'genuine');
}

async function readSigned(path: string): Promise<SignedReceipt> {
  const fix = 'Keep what this writes: node3 --json receipt JOB > receipt.json';
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`${path} is no receipt: ${why}.`, fix);
  }
  if (isSigned(value)) return value;
  throw usageError(`${path} is no receipt.`, fix);
}

/** Enough to check the signature; what is signed was written by a marketplace. */
function isSigned(value: unknown): value is SignedReceipt {
  if (typeof value !== 'object' || value === null) return false;
  const { receipt, key, signature } = value as Record<string, unknown>;
  const isReceipt = typeof receipt === 'object' && receipt !== null && 'jobId' in receipt;
  return isReceipt && typeof key === 'string' && typeof signature === 'string';
}

function requireGenuine(signed: SignedReceipt, key: string): void {
  if (signed.key !== key) {
    const detail = `The receipt is signed by ${signed.key}, and not by ${key}.`;
    throw new CommandError('failure', detail, 'Do not rely on it.');
  }
  if (verifyReceipt(signed)) return;
  const detail = 'The signature does not fit: the receipt was changed after it was signed.';
  throw new CommandError('failure', detail, 'Do not rely on it.');
}

type Verdict = 'genuine' | 'whoever that is';

async function print(
  { terminal }: Context,
  signed: SignedReceipt,
  verdict: Verdict,
): Promise<number> {
  if (terminal.json) await terminal.object(signed);
  else for (const line of formatFacts(receiptFacts(signed, verdict))) await terminal.data(line);
  return exitCodes.ok.code;
}

function receiptFacts(
  { receipt, key }: SignedReceipt,
  verdict: Verdict,
): [string, string | null][] {
  const { price, provider, payout } = receipt;
  return [
    ['job', receipt.jobId],
    ['quote', receipt.quoteId],
    ['ended', `${receipt.finishedAt}, ${receipt.state}: ${receipt.reason ?? ''}`],
    ['settled as', `${receipt.settledAs}: ${receipt.rule.when}`],
    ['agent', provider === null ? null : `${provider.agentName} (${provider.agentId})`],
    ['price', priceText(price.most, price.bidPerGpuHour)],
    ...receipt.phases.map(({ phase, ms, billed }): [string, string] => [
      phase.replace('_', ' '),
      `${durationText(ms)}${billed ? ', billed' : ''}`,
    ]),
    ['formula', price.formula],
    ['quoted', moneyText(receipt.quoted)],
    ['charged', moneyText(receipt.charged)],
    ['provider', moneyText(receipt.providerShare)],
    ['fee', `${moneyText(receipt.fee)} (${receipt.feeBasisPoints / 100} %)`],
    ['released', moneyText(receipt.refund)],
    ['network fee', 'none'],
    ['payout', payoutText(payout)],
    ['signature', payout?.signature ?? null],
    ['explorer', payout?.explorerUrl ?? null],
    ...receipt.transfers.map(({ transferId, money, hash }): [string, string] => [
      'ledger',
      `${transferId} ${moneyText(money)} ${hash.slice(0, 16)}`,
    ]),
    ['signed by', `${key}, ${verdict}`],
  ];
}

function payoutText(payout: Receipt['payout']): string {
  if (payout === null) return 'none';
  return `${payout.state}, ${moneyText(payout.money)} to ${payout.wallet}`;
}
