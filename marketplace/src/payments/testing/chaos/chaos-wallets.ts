import { TransactionRejected } from '@node3/localnet/chain/transaction-accounts';
import { parseTransaction } from '@node3/localnet/chain/wire-transaction';
import { assertNever } from '@node3/shared/assert';
import {
  AuthorityType,
  createBurnInstruction,
  createCloseAccountInstruction,
  createSetAuthorityInstruction,
} from '@solana/spl-token';
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import { type Counts, count } from '../../../testing/counter.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import { usdcAccountOf } from '../../solana/transaction-builder.ts';
import { ownUsdc } from './chain-reading.ts';
import type { ChaosNetwork } from './chaos-network.ts';

export interface ChaosWallet {
  address: string;
  /** null for an address that belongs to a program. */
  keypair: Keypair | null;
}

const misfortunes = ['freeze', 'thaw', 'close', 're-own', 'drain', 'assign'] as const;
export type Misfortune = (typeof misfortunes)[number];

/** People who are to be paid, and what they do to their own accounts at the worst moment. */
export class ChaosWallets {
  readonly all: readonly ChaosWallet[];
  readonly events: Counts = {};
  /** Wallets that have spent everything they had, once: payouts may not count on what they hold. */
  readonly emptied = new Set<string>();
  readonly #network: ChaosNetwork;
  readonly #trace: RunTrace;
  readonly #random: SeededRandom;
  /** Pays the fees, so that nobody's balance moves but by what is meant to. */
  readonly #outsider: Keypair;
  #sent = 0;

  constructor(
    deps: { network: ChaosNetwork; trace: RunTrace; random: SeededRandom },
    walletCount: number,
  ) {
    this.#network = deps.network;
    this.#trace = deps.trace;
    this.#random = deps.random;
    this.#outsider = this.newKeypair();
    deps.network.localnet.faucet.airdropSol(this.#outsider.publicKey.toBase58(), 100_000_000_000n);
    this.all = Array.from({ length: walletCount }, () => this.#newWallet());
  }

  newKeypair(): Keypair {
    return Keypair.fromSeed(this.#random.bytes(32));
  }

  /** Something happens to somebody. What can't happen to them now doesn't. */
  strike(): void {
    const wallet = this.#random.pick(this.all);
    this.inflict(wallet, this.#random.pick(misfortunes));
  }

  inflict(wallet: ChaosWallet, misfortune: Misfortune): void {
    if (!this.isPossible(wallet, misfortune)) return;
    this.#trace.add(`wallet ${wallet.address}: ${misfortune}`);
    count(this.events, misfortune);
    if (misfortune === 'drain') this.emptied.add(wallet.address);
    const { faucet } = this.#network.localnet;
    if (misfortune === 'freeze') faucet.setUsdcFrozen(wallet.address, 'frozen');
    else if (misfortune === 'thaw') faucet.setUsdcFrozen(wallet.address, 'thawed');
    else this.#act(wallet, misfortune);
  }

  /** The issuer gives every frozen account back. */
  thawAll(): void {
    for (const wallet of this.all) this.inflict(wallet, 'thaw');
  }

  #newWallet(): ChaosWallet {
    const { localnet } = this.#network;
    // The address of a mint: it can hold USDC, and SOL sent to it could never be moved again.
    if (this.#random.chance(0.05)) return { address: localnet.usdcMint, keypair: null };
    const keypair = this.newKeypair();
    const address = keypair.publicKey.toBase58();
    if (this.#random.chance(0.5)) localnet.faucet.airdropSol(address, 1_000_000n);
    if (this.#random.chance(0.5)) localnet.faucet.mintUsdc(address, 1n);
    return { address, keypair };
  }

  /** Whether this can happen to the wallet as it is now. */
  isPossible({ address, keypair }: ChaosWallet, misfortune: Misfortune): boolean {
    const { localnet } = this.#network;
    const usdc = ownUsdc(localnet, address);
    const account = localnet.chain.vm.account(address);
    switch (misfortune) {
      case 'freeze':
        return usdc === 'usable';
      case 'thaw':
        return usdc === 'frozen';
      case 'close':
      case 're-own':
        return keypair !== null && usdc === 'usable';
      case 'drain':
      case 'assign':
        return keypair !== null && account !== null && account.owner === systemProgram;
      default:
        return assertNever(misfortune);
    }
  }

  #act({ address, keypair }: ChaosWallet, misfortune: Misfortune): void {
    if (keypair === null) return;
    const { localnet } = this.#network;
    const token = new PublicKey(usdcAccountOf(localnet.usdcMint, address));
    const owner = keypair.publicKey;
    const outsider = this.#outsider.publicKey;
    if (misfortune === 're-own') {
      const change = createSetAuthorityInstruction(
        token,
        owner,
        AuthorityType.AccountOwner,
        outsider,
      );
      this.#land(keypair, [change]);
    } else if (misfortune === 'close') {
      const amount = localnet.chain.vm.account(token.toBase58())?.data ?? new Uint8Array(165);
      const held = Buffer.from(amount).readBigUInt64LE(64);
      const burn = createBurnInstruction(token, new PublicKey(localnet.usdcMint), owner, held);
      this.#land(keypair, [burn, createCloseAccountInstruction(token, outsider, owner)]);
    } else if (misfortune === 'drain') {
      const lamports = localnet.chain.vm.balance(address);
      this.#land(keypair, [
        SystemProgram.transfer({ fromPubkey: owner, toPubkey: outsider, lamports }),
      ]);
    } else {
      const programId = new PublicKey(memoProgram);
      this.#land(keypair, [SystemProgram.assign({ accountPubkey: owner, programId })]);
    }
  }

  #land(signer: Keypair, instructions: TransactionInstruction[]): void {
    const { chain } = this.#network.localnet;
    this.#sent += 1;
    const transaction = new Transaction({
      feePayer: this.#outsider.publicKey,
      blockhash: chain.blockhashes.hashOf(chain.slot),
      lastValidBlockHeight: chain.slot,
    }).add(
      ComputeBudgetProgram.setComputeUnitLimit({ units: 200_000 + this.#sent }),
      ...instructions,
    );
    transaction.sign(this.#outsider, signer);
    try {
      const bytes = transaction.serialize({ verifySignatures: false });
      chain.land(parseTransaction(Uint8Array.from(bytes)));
    } catch (error) {
      if (!(error instanceof TransactionRejected)) throw error;
    }
  }
}

const systemProgram = SystemProgram.programId.toBase58();
const memoProgram = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
