import { MarketError } from '@node3/shared/error';
import { baseUnits } from '@node3/shared/money';
import bs58 from 'bs58';
import { chainTreasury, feeNetwork } from '../../domain/ledger-accounts.ts';
import { feeTransfer } from '../payout-postings.ts';
import { readAccounts, readBlockhash, readRentMinimum } from './chain-reads.ts';
import { readTransaction } from './chain-transaction.ts';
import { readUsdcDestination } from './destinations.ts';
import { settled } from './settled.ts';
import type { SolanaTreasuryDeps } from './solana-treasury.ts';
import {
  budgetInstructions,
  compileMessage,
  createUsdcAccount,
  encodeTransaction,
  usdcAccountOf,
} from './transaction-builder.ts';

const purpose = 'usdc-account';
const tokenAccountBytes = 165;
/** Measured at 15 000 on Agave 4.3, 2026-11-21; the unused part costs nothing. */
const computeUnitsMax = 60_000;

/** Opens the treasury's USDC account, once, out of operator capital, and books what it cost. */
export async function ensureUsdcAccount(deps: SolanaTreasuryDeps): Promise<void> {
  const { rpc, signer, usdcMint, log } = deps;
  const account = usdcAccountOf(usdcMint, signer.address);
  const [found = null] = await readAccounts(rpc, [account], 'confirmed');
  const state = readUsdcDestination(found, signer.address, usdcMint);
  if (state.state === 'unusable') {
    throw new Error(`the treasury's USDC account ${account} can't be used: ${state.reason}`);
  }
  if (state.state === 'missing') {
    const signature = await openUsdcAccount(deps);
    log.info({ account, signature }, 'usdc account of the treasury opened');
  }
  await bookOpenings(deps);
}

async function openUsdcAccount(deps: SolanaTreasuryDeps): Promise<string> {
  const { rpc, signer, usdcMint, store, clock } = deps;
  const wallet = signer.address;
  const rent = await readRentMinimum(rpc, tokenAccountBytes);
  // Twice the rent leaves room for the fee and for the treasury's own minimum.
  if ((await store.ledgerBalance(chainTreasury, 'SOL')) < rent * 2n) {
    throw new MarketError('FUNDS_INSUFFICIENT', {
      detail:
        'The operator has to put SOL into the treasury before its USDC account can be opened.',
    });
  }
  const { blockhash } = await readBlockhash(rpc);
  const message = compileMessage(wallet, blockhash, [
    ...budgetInstructions({ unitsMax: computeUnitsMax, unitPrice: 0n }),
    createUsdcAccount(wallet, usdcMint, wallet),
  ]);
  const signed = await signer.sign(message, {
    payments: [],
    receipt: null,
    receiptsReturned: [],
    tokenAccountsFor: [wallet],
  });
  const signature = bs58.encode(signed);
  await store.addTreasurySignature(signature, purpose, clock.nowMs());
  const raw = Buffer.from(encodeTransaction(signed, message)).toString('base64');
  await rpc.broadcast('sendTransaction', [raw, { encoding: 'base64', skipPreflight: true }]);
  await settled(rpc, clock, signature, 'finalized');
  return signature;
}

/** Also books what a process that ended too early could not. Booking twice books once. */
async function bookOpenings(deps: SolanaTreasuryDeps): Promise<void> {
  const { rpc, signer, store, clock } = deps;
  for (const signature of await store.treasurySignaturesFor(purpose)) {
    const transaction = await readTransaction(rpc, signature, 'finalized');
    const lamports = transaction?.lamports.get(signer.address);
    if (transaction === null || lamports === undefined) continue;
    const rent = lamports.before - lamports.after - transaction.feeLamports;
    const opening = {
      transferId: `ata:${signature}`,
      debit: feeNetwork,
      credit: chainTreasury,
      asset: 'SOL',
      amount: baseUnits(rent),
      kind: 'rent',
      ref: signature,
    } as const;
    await store.postTransfers(
      [feeTransfer(signature, baseUnits(transaction.feeLamports)), ...(rent > 0n ? [opening] : [])],
      [],
      clock.nowMs(),
    );
  }
}
