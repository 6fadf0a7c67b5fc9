import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { type Asset, baseUnits } from '@node3/shared/money';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createTransferCheckedInstruction,
} from '@solana/spl-token';
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import bs58 from 'bs58';
import {
  chainTreasury,
  operatorCapital,
  providerPayable,
  suspense,
  userAvailable,
} from '../domain/ledger-accounts.ts';
import type { DepositSource } from '../payments/deposit-source.ts';
import { createSolanaDepositSource } from '../payments/solana/solana-deposit-source.ts';
import { usdcAccountOf } from '../payments/solana/transaction-builder.ts';
import {
  newWallet,
  type PayoutProcess,
  PayoutTestbed,
  type Wallet,
} from '../payments/testing/payout-testbed.ts';
import { createDepositIntent } from '../services/create-deposit-intent.ts';
import { type ScanDeps, scanDeposits } from '../services/scan-deposits.ts';
import { startDepositCursors } from '../services/start-deposit-cursors.ts';
import type { DepositRow } from '../store/deposit-store.ts';
import { insertPayoutIn } from '../store/sql/payout-store.ts';
import type { Store } from '../store/store.ts';

/** Long enough for everything sent before to be final. */
const slotsToFinality = 4;

/** A treasury on a real local chain, a store, and people who pay. Slots pass only when told to. */
export class DepositTestbed {
  readonly chain: PayoutTestbed;
  readonly treasury: Wallet;
  readonly connection: Connection;
  readonly operatorAccountId = systemIds.next('account');
  source: DepositSource;
  /** The store, and the engine that pays from it. */
  process: PayoutProcess;
  /** On chain since before the first deposit, and in no ledger. */
  #unbookedLamports = 0n;

  private constructor(chain: PayoutTestbed, treasury: Wallet, path: string) {
    this.chain = chain;
    this.treasury = treasury;
    this.process = chain.open({ path, treasury });
    this.connection = new Connection(chain.localnet.rpcUrl, 'processed');
    this.source = createSolanaDepositSource({
      rpc: chain.rpc,
      treasury: treasury.address,
      usdcMint: chain.usdcMint,
    });
  }

  get store(): Store {
    return this.process.store;
  }

  static async start(path = ':memory:'): Promise<DepositTestbed> {
    const chain = await PayoutTestbed.start();
    const treasury = await chain.treasury(1_000_000_000n, 0n);
    const testbed = new DepositTestbed(chain, treasury, path);
    const payer = await testbed.payer();
    await testbed.send([payer.keypair], testbed.openUsdc(payer, treasury.address));
    await testbed.#begin();
    return testbed;
  }

  /** What the process remembers is gone; the database and the chain stay. */
  async restart(path: string): Promise<void> {
    await this.process.close();
    this.process = this.chain.open({ path, treasury: this.treasury });
  }

  async stop(): Promise<void> {
    await this.process.close();
    await this.chain.localnet.stop();
  }

  deps(fp?: ScanDeps['fp']): ScanDeps {
    const { store, source: deposits, operatorAccountId } = this;
    const { clock } = this.chain;
    return {
      store,
      deposits,
      operatorAccountId,
      clock,
      log: silentLogger,
      ...(fp === undefined ? {} : { fp }),
    };
  }

  /** Lets everything become final, then looks once. */
  async scan(fp?: ScanDeps['fp']): Promise<number> {
    this.chain.localnet.advanceSlots(slotsToFinality);
    return scanDeposits(this.deps(fp));
  }

  async openAccount(wallet: string | null = newWallet().address): Promise<string> {
    const accountId = wallet === null ? this.operatorAccountId : systemIds.next('account');
    const opening = { accountId, wallet, name: null, key: null, nowMs: 0 };
    const { account } = await this.store.openAccount(opening);
    return account.accountId;
  }

  /** A wallet with 5 SOL and 1,000 USDC. */
  async payer(): Promise<Wallet> {
    const wallet = newWallet();
    this.chain.localnet.airdrop(wallet.address, 5_000_000_000n);
    this.chain.localnet.mintUsdc(wallet.address, 1_000_000_000n);
    this.chain.localnet.advanceSlots(1);
    return wallet;
  }

  async intent(accountId: string, asset: Asset = 'SOL') {
    const deps = {
      store: this.store,
      clock: this.chain.clock,
      ids: systemIds,
      treasury: { wallet: this.treasury.address, usdcMint: this.chain.usdcMint },
      explorerUrl: () => null,
    };
    return createDepositIntent(deps, accountId, { asset });
  }

  /** A memo instruction that names the account. */
  async memoOf(accountId: string): Promise<TransactionInstruction> {
    return memo((await this.intent(accountId)).memo);
  }

  sol(from: Wallet, lamports: bigint, ...references: string[]): TransactionInstruction {
    const transfer = SystemProgram.transfer({
      fromPubkey: from.keypair.publicKey,
      toPubkey: this.treasury.keypair.publicKey,
      lamports,
    });
    return withReferences(transfer, references);
  }

  usdc(from: Wallet, amount: bigint, ...references: string[]): TransactionInstruction {
    const mint = this.chain.usdcMint;
    const transfer = createTransferCheckedInstruction(
      new PublicKey(usdcAccountOf(mint, from.address)),
      new PublicKey(mint),
      new PublicKey(usdcAccountOf(mint, this.treasury.address)),
      from.keypair.publicKey,
      amount,
      6,
    );
    return withReferences(transfer, references);
  }

  openUsdc(payer: Wallet, owner: string): TransactionInstruction {
    const mint = this.chain.usdcMint;
    return createAssociatedTokenAccountIdempotentInstruction(
      payer.keypair.publicKey,
      new PublicKey(usdcAccountOf(mint, owner)),
      new PublicKey(owner),
      new PublicKey(mint),
    );
  }

  /** Sends as these wallets, the first one paying the fee. @returns the signature. */
  async send(signers: Keypair[], ...instructions: TransactionInstruction[]): Promise<string> {
    const transaction = new Transaction().add(...instructions);
    transaction.feePayer = signers[0]?.publicKey ?? PublicKey.default;
    const { blockhash } = await this.connection.getLatestBlockhash('processed');
    transaction.recentBlockhash = blockhash;
    transaction.sign(...signers);
    const raw = transaction.serialize();
    await this.connection.sendRawTransaction(raw, { skipPreflight: true });
    return bs58.encode(transaction.signature ?? new Uint8Array());
  }

  available(accountId: string, asset: Asset): Promise<bigint> {
    return this.store.ledgerBalance(userAvailable(accountId), asset);
  }

  suspended(asset: Asset): Promise<bigint> {
    return this.store.ledgerBalance(suspense, asset);
  }

  async depositOf(signature: string): Promise<DepositRow[]> {
    return this.store.depositsOfSignature(signature);
  }

  /** Differences between what the chain holds more than at the start and what the ledger says. */
  async drift(): Promise<Record<Asset, bigint>> {
    const [sol, usdc] = await this.#onChain();
    return {
      SOL: sol - this.#unbookedLamports - (await this.store.ledgerBalance(chainTreasury, 'SOL')),
      USDC: usdc - (await this.store.ledgerBalance(chainTreasury, 'USDC')),
    };
  }

  /** Books some of what was there from the start as the operator's, for fees and rent. */
  async addCapital(lamports = 500_000_000n): Promise<void> {
    await this.chain.addCapital(this.process, lamports);
    this.#unbookedLamports -= lamports;
  }

  /** Owes an agent something that comes out of the capital, and makes it due. @returns the payout's id. */
  async addEarning(wallet: string, lamports: bigint): Promise<string> {
    const { clock } = this.chain;
    const agentId = systemIds.next('agent');
    const payout = {
      payoutId: systemIds.next('payout'),
      kind: 'earning' as const,
      ledgerAccount: providerPayable(agentId),
      jobId: systemIds.next('job'),
      executionId: systemIds.next('execution'),
      agentId,
      wallet,
      asset: 'SOL' as const,
      amount: baseUnits(lamports),
      dueAtMs: clock.nowMs(),
    };
    const { payoutId, amount, asset, ledgerAccount } = payout;
    const earned = { transferId: `cap:${payoutId}`, amount, asset, ref: payoutId };
    const transfer = { ...earned, debit: operatorCapital, credit: ledgerAccount };
    await this.store.postTransfers([{ ...transfer, kind: 'capture' }], [], clock.nowMs());
    await this.process.sqlite.write((tx) => insertPayoutIn(tx, payout, null, clock.nowMs()));
    return payoutId;
  }

  async #begin(): Promise<void> {
    this.chain.localnet.advanceSlots(slotsToFinality);
    await startDepositCursors({ store: this.store, deposits: this.source });
    this.#unbookedLamports = (await this.#onChain())[0];
  }

  #onChain(): Promise<[bigint, bigint]> {
    const { address } = this.treasury;
    return Promise.all([this.chain.lamportsOf(address), this.chain.usdcOf(address)]);
  }
}

export function memo(text: string): TransactionInstruction {
  const programId = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
  return new TransactionInstruction({ programId, keys: [], data: Buffer.from(text) });
}

function withReferences(instruction: TransactionInstruction, references: readonly string[]) {
  for (const reference of references) {
    const pubkey = new PublicKey(reference);
    instruction.keys.push({ pubkey, isSigner: false, isWritable: false });
  }
  return instruction;
}
