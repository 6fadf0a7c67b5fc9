import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import { type BaseUnits, parseAmount, toMoney, zero } from '@node3/shared/money';
import type { DepositTransaction, IntentPayment } from '@node3/shared/routes/deposits';
import { decodeAddress } from '@node3/shared/wallet-key';
import bs58 from 'bs58';
import type { WalletTransfer, WalletTransfers } from '../payments/wallet-transfers.ts';
import type { DepositIntentRow, DepositStore } from '../store/deposit-store.ts';
import { assertCredited, findDepositIntent, memoOf } from './create-deposit-intent.ts';

const signatureBytes = 64;

interface Deps {
  store: DepositStore;
  ids: Ids;
  walletTransfers: WalletTransfers;
  explorerUrl: (signature: string) => string | null;
}

interface Which {
  accountId: string;
  intentId: string;
}

/** The transaction that pays a link from a wallet, whosever that is: the link says who is credited. */
export async function buildDepositTransfer(
  deps: Deps,
  { accountId, intentId }: Which,
  { wallet, amount }: { wallet: string; amount?: string },
): Promise<DepositTransaction> {
  const intent = await findDepositIntent(deps, accountId, intentId);
  decodeAddress(wallet);
  const transfer = await transferOf(deps, intent, wallet, amount);
  const built = await deps.walletTransfers.build(transfer);
  return {
    transaction: Buffer.from(built.transaction).toString('base64'),
    wallet,
    money: toMoney(transfer.amount, transfer.asset),
    fee: toMoney(built.feeLamports, 'SOL'),
    lastValidBlockHeight: built.lastValidBlockHeight,
  };
}

export async function sendDepositTransfer(
  deps: Deps,
  { accountId, intentId }: Which,
  { transaction, amount }: { transaction: string; amount?: string },
): Promise<{ signature: string; explorerUrl: string | null }> {
  const intent = await findDepositIntent(deps, accountId, intentId);
  const bytes = Buffer.from(transaction, 'base64');
  const wallet = deps.walletTransfers.payerOf(bytes);
  if (wallet === null) throw new MarketError('TRANSACTION_FOREIGN');
  const transfer = await transferOf(deps, intent, wallet, amount);
  const { signature } = await deps.walletTransfers.send(transfer, bytes);
  return { signature, explorerUrl: deps.explorerUrl(signature) };
}

export async function readDepositProgress(
  deps: Deps,
  { accountId, intentId }: Which,
  signature: string | null,
): Promise<{ data: IntentPayment[] }> {
  const { reference } = await findDepositIntent(deps, accountId, intentId);
  if (signature !== null && bs58.decodeUnsafe(signature)?.length !== signatureBytes) {
    const detail = `must be the signature of a transaction: ${signatureBytes} bytes in base58`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/signature', detail }] });
  }
  const found = await deps.walletTransfers.progress(reference, signature);
  const data = found.map((payment) => ({
    ...payment,
    explorerUrl: deps.explorerUrl(payment.signature),
  }));
  return { data };
}

async function transferOf(
  deps: Deps,
  intent: DepositIntentRow,
  wallet: string,
  amount: string | undefined,
): Promise<WalletTransfer> {
  const { accountId, asset, reference } = intent;
  const memo = await memoOf(deps, accountId);
  return { wallet, asset, amount: amountOf(intent, amount), reference, memo };
}

/** The link's own amount, or, where it leaves that to the payer, what the payer says. */
function amountOf({ asset, amount }: DepositIntentRow, asked: string | undefined): BaseUnits {
  const wanted = asked === undefined ? null : parseAmount(asked, asset);
  if (amount !== null && wanted !== null && wanted !== amount) {
    throw invalid('is another one than that of the link');
  }
  const known = amount ?? wanted;
  if (known === null || known === zero) throw invalid('must be more than 0');
  assertCredited(known, asset);
  return known;
}

function invalid(detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/amount', detail }] });
}
