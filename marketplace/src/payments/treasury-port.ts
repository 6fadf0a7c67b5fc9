import type { Asset, BaseUnits } from '@node3/shared/money';

/** What the services need of the chain: to see deposits and the treasury. */
export interface Treasury {
  readonly wallet: string;
  readonly usdcMint: string;
  readonly rpcUrl: string;
  /** Finalized balances; null where the chain did not answer. */
  balances(): Promise<Record<Asset, BaseUnits | null>>;
  /**
   * Asks the faucet, and records for what before the money is final, so that whoever sees it first
   * books it. Rejects with FAUCET_UNAVAILABLE where there is none.
   */
  airdrop(lamports: BaseUnits, purpose: FaucetPurpose): Promise<{ signature: string }>;
}

/** Whose an airdrop to the treasury is, as recorded with its signature. */
export const faucetPurposes = { capital: 'faucet-capital', operator: 'faucet-operator' } as const;
export type FaucetPurpose = (typeof faucetPurposes)[keyof typeof faucetPurposes];
