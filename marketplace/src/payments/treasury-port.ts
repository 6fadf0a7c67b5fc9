import type { Asset, BaseUnits } from '@node3/shared/money';

/** What the services need of the chain: to see deposits and the treasury. */
export interface Treasury {
  readonly wallet: string;
  readonly usdcMint: string;
  readonly rpcUrl: string;
  /** Finalized balances; null where the chain did not answer. */
  balances(): Promise<Record<Asset, BaseUnits | null>>;
  /**
   * What a finalized transaction moved from this wallet to the treasury.
   * Rejects with DEPOSIT_NOT_FOUND, DEPOSIT_INVALID or CHAIN_UNAVAILABLE.
   */
  verifyDeposit(signature: string, wallet: string): Promise<{ asset: Asset; amount: BaseUnits }[]>;
  /** Asks the faucet. Rejects with FAUCET_UNAVAILABLE where there is none. */
  airdrop(lamports: BaseUnits): Promise<{ signature: string }>;
}
