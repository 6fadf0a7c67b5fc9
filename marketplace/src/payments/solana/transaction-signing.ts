import { baseUnits, zero } from '@node3/shared/money';
import type { TransactionInstruction } from '@solana/web3.js';
import bs58 from 'bs58';
import type { TreasurySigner } from '../keys/signer.ts';
import { PayoutCapReached, type SigningApproval } from '../keys/signing-policy.ts';
import type { SignRequest, SignResult, TransactionFailure } from '../payment-rail.ts';
import { readAccounts, readBlockhash, simulate } from './chain-reads.ts';
import { readUsdcDestination } from './destinations.ts';
import { paymentsOf } from './payout-planner.ts';
import { noteEmptied, type SolanaRailContext } from './solana-payment-rail.ts';
import {
  type ComputeBudget,
  compileMessage,
  encodeTransaction,
  type Payment,
  payInstructions,
  reclaimInstructions,
  usdcAccountOf,
  voidInstructions,
} from './transaction-builder.ts';
import { explainFailure } from './transaction-failure.ts';

/** For the trial run, which tells the real need. */
const trialBudget: ComputeBudget = { unitsMax: 1_400_000, unitPrice: 0n };

interface Draft {
  build(budget: ComputeBudget): TransactionInstruction[];
  approval: SigningApproval;
  receiptRent: bigint;
  attempt: number;
  wallets: string[];
}

/** Trial run, then the real transaction with a fresh blockhash, signed. Nothing is sent. */
export async function signTransaction(
  context: SolanaRailContext,
  request: SignRequest,
): Promise<SignResult> {
  const { rpc, signer, fees, options } = context;
  const treasury = signer.address;
  const draft = await draftOf(context, request);
  const [blockhash, unitPrice] = await Promise.all([
    readBlockhash(rpc),
    fees.unitPrice([treasury], draft.attempt),
  ]);
  const trialMessage = compileMessage(treasury, blockhash.blockhash, draft.build(trialBudget));
  const trial = await simulate(rpc, encodeTransaction(new Uint8Array(64), trialMessage));
  if (trial.err !== null) {
    const walletOf = new Map(
      draft.wallets.map((wallet) => [usdcAccountOf(options.usdcMint, wallet), wallet]),
    );
    const rejected = explainFailure(trial.err, trialMessage, walletOf);
    if (rejected.reason === 'rent_changed') fees.forgetPrices();
    noteEmptied(context, rejected);
    return { rejected };
  }
  const unitsMax = Math.ceil(trial.computeUnits * 1.2) + 2_000;
  const message = compileMessage(
    treasury,
    blockhash.blockhash,
    draft.build({ unitsMax, unitPrice }),
  );
  const signature = await signUnlessCapped(signer, message, draft.approval);
  if (signature === null) return { rejected: capReached };
  return {
    signed: {
      signature: bs58.encode(signature),
      raw: encodeTransaction(signature, message),
      lastValidBlockHeight: blockhash.lastValidBlockHeight,
      receiptRent: baseUnits(draft.receiptRent),
    },
  };
}

const capReached: TransactionFailure = {
  scope: 'treasury',
  wallets: [],
  reason: 'payout_cap_reached',
};

/** Planning keeps to the caps; a batch planned under larger ones, before a restart, may not. */
async function signUnlessCapped(
  signer: TreasurySigner,
  message: Uint8Array,
  approval: SigningApproval,
): Promise<Uint8Array | null> {
  try {
    return await signer.sign(message, approval);
  } catch (error) {
    if (error instanceof PayoutCapReached) return null;
    throw error;
  }
}

async function draftOf(context: SolanaRailContext, request: SignRequest): Promise<Draft> {
  const { signer, fees } = context;
  const treasury = signer.address;
  if (request.kind === 'reclaim') {
    const { receipts } = request;
    return {
      build: (budget) => reclaimInstructions({ treasury, receipts, budget }),
      approval: {
        ...nothing,
        receiptsReturned: receipts.map(({ receiptSeed, receiptRent }) => ({
          seed: receiptSeed,
          lamports: receiptRent,
        })),
      },
      receiptRent: zero,
      attempt: 1,
      wallets: [],
    };
  }
  const { batchId, attempt, receiptSeed } = request;
  const prices = await fees.prices();
  const receiptRent = request.kind === 'pay' ? prices.rentEmpty : prices.rentTombstone;
  const receipt = { seed: receiptSeed, lamports: receiptRent };
  if (request.kind === 'void') {
    const memo = `${batchId}/v${attempt}`;
    const plan = { treasury, receiptSeed, receiptRent, memo };
    return {
      build: (budget) => voidInstructions({ ...plan, budget }),
      approval: { ...nothing, receipt },
      receiptRent,
      attempt,
      wallets: [],
    };
  }
  const { usdcMint } = context.options;
  const payments = paymentsOf(request.payouts);
  const accountsToCreate = await missingAccounts(context, payments);
  const memo = `${batchId}/${attempt}`;
  const plan = { treasury, usdcMint, receiptSeed, receiptRent, payments, accountsToCreate, memo };
  return {
    build: (budget) => payInstructions({ ...plan, budget }),
    approval: { ...nothing, payments, receipt, tokenAccountsFor: [...accountsToCreate] },
    receiptRent,
    attempt,
    wallets: payments.map((payment) => payment.wallet),
  };
}

const nothing: SigningApproval = {
  payments: [],
  receipt: null,
  receiptsReturned: [],
  tokenAccountsFor: [],
};

async function missingAccounts(
  { rpc, options }: SolanaRailContext,
  payments: readonly Payment[],
): Promise<Set<string>> {
  const { usdcMint } = options;
  const wallets = payments.flatMap(({ asset, wallet }) => (asset === 'USDC' ? [wallet] : []));
  const accounts = await readAccounts(
    rpc,
    wallets.map((wallet) => usdcAccountOf(usdcMint, wallet)),
    'confirmed',
  );
  return new Set(
    wallets.filter((wallet, i) => {
      const destination = readUsdcDestination(accounts[i] ?? null, wallet, usdcMint);
      return destination.state === 'missing';
    }),
  );
}
