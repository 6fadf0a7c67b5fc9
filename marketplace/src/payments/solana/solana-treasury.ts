import type { Clock } from '@node3/shared/clock';
import type { Cluster } from '@node3/shared/cluster';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { type Asset, type BaseUnits, baseUnits, zero } from '@node3/shared/money';
import { operatorCapital } from '../../domain/ledger-accounts.ts';
import type { DepositStore } from '../../store/deposit-store.ts';
import type { PayoutStore } from '../../store/payout-store.ts';
import type { LedgerStore } from '../../store/store.ts';
import type { TreasurySigner } from '../keys/signer.ts';
import { type FaucetPurpose, faucetPurposes, type Treasury } from '../treasury-port.ts';
import { readAccounts, requestAirdrop } from './chain-reads.ts';
import { readUsdcDestination } from './destinations.ts';
import type { RpcPool } from './rpc.ts';
import { settled } from './settled.ts';
import { usdcAccountOf } from './transaction-builder.ts';
import { ensureUsdcAccount } from './treasury-account.ts';

export interface TreasuryBalances {
  balances: Record<Asset, BaseUnits>;
  readAtMs: number;
}

export interface SolanaTreasuryDeps {
  rpc: RpcPool;
  cluster: Cluster;
  signer: TreasurySigner;
  usdcMint: string;
  store: Pick<LedgerStore, 'ledgerBalance' | 'postTransfers'> &
    Pick<DepositStore, 'recordDeposit'> &
    Pick<PayoutStore, 'addTreasurySignature' | 'treasurySignaturesFor'>;
  clock: Clock;
  log: Logger;
}

export interface SolanaTreasury extends Treasury {
  /** The last balances that were read, with their time; null before the first successful read. */
  lastBalances(): TreasuryBalances | null;
  /**
   * Opens the treasury's USDC account when it has none. Rejects with FUNDS_INSUFFICIENT while the
   * operator has not put in what that costs, with CHAIN_UNAVAILABLE when it can't be done now.
   */
  ensureUsdcAccount(): Promise<void>;
  /** On localnet, gives a fresh marketplace play money for fees and rent. Does nothing twice. */
  bootstrapCapital(lamports: BaseUnits): Promise<void>;
}

/** The marketplace's wallet on chain. */
export function createSolanaTreasury(deps: SolanaTreasuryDeps): SolanaTreasury {
  const { rpc, cluster, signer, usdcMint, store, clock, log } = deps;
  const wallet = signer.address;
  let last: TreasuryBalances | null = null;

  async function airdrop(lamports: BaseUnits, purpose: FaucetPurpose) {
    if (cluster !== 'localnet' && cluster !== 'devnet') {
      throw new MarketError('FAUCET_UNAVAILABLE', { cluster });
    }
    const signature = await requestAirdrop(rpc, wallet, lamports);
    await store.addTreasurySignature(signature, purpose, clock.nowMs());
    await settled(rpc, clock, signature, 'finalized');
    return { signature };
  }

  return {
    wallet,
    usdcMint,
    rpcUrl: rpc.urls[0] ?? '',
    lastBalances: () => last,

    async balances() {
      try {
        const own = usdcAccountOf(usdcMint, wallet);
        const [account = null, token = null] = await readAccounts(rpc, [wallet, own], 'finalized');
        const usdc = readUsdcDestination(token, wallet, usdcMint);
        const SOL = baseUnits(account?.lamports ?? 0n);
        const USDC = baseUnits(usdc.state === 'usable' ? usdc.amount : 0n);
        last = { balances: { SOL, USDC }, readAtMs: clock.nowMs() };
        return last.balances;
      } catch (error) {
        log.warn({ err: error }, 'treasury balances could not be read');
        return { SOL: null, USDC: null };
      }
    },

    airdrop,

    ensureUsdcAccount: () => ensureUsdcAccount(deps),

    async bootstrapCapital(lamports) {
      if (cluster !== 'localnet') return;
      if ((await store.ledgerBalance(operatorCapital, 'SOL')) > 0n) return;
      const { signature } = await airdrop(lamports, faucetPurposes.capital);
      await store.recordDeposit({
        signature,
        received: [{ asset: 'SOL', amount: lamports, sourceOwner: null }],
        target: { to: 'capital', route: 'faucet' },
        minimum: { SOL: zero, USDC: zero },
        nowMs: clock.nowMs(),
      });
      log.info({ signature, lamports: String(lamports) }, 'operator capital from the faucet');
    },
  };
}
