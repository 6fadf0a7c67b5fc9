import type { Asset, BaseUnits } from '@node3/shared/money';

/** Deposits that a browser's wallet signs: it needs no library for Solana, and signs what we built. */
export interface WalletTransfers {
  /**
   * Rejects with WALLET_FUNDS_INSUFFICIENT where the wallet does not hold it, fees included, and with
   * CHAIN_UNAVAILABLE when nobody answers.
   */
  build(transfer: WalletTransfer): Promise<UnsignedTransfer>;
  /** Who pays the fee of a serialised transaction; null when it is none that `build` makes. */
  payerOf(transaction: Uint8Array): string | null;
  /**
   * Hands a signed transaction to the cluster, if it is to the byte what `build` makes of this transfer:
   * TRANSACTION_FOREIGN else. TRANSACTION_EXPIRED once the cluster would not take it any more. Sending
   * the same again does no harm.
   */
  send(transfer: WalletTransfer, transaction: Uint8Array): Promise<{ signature: string }>;
  /** How far the transactions are that name the reference, and the one of that signature. */
  progress(reference: string, signature: string | null): Promise<TransferProgress[]>;
}

export interface WalletTransfer {
  /** Pays, and pays the network's fee. */
  wallet: string;
  asset: Asset;
  amount: BaseUnits;
  /** The one-time address of the payment link. */
  reference: string;
  memo: string;
}

export interface UnsignedTransfer {
  /** With zeros where the signature goes. */
  transaction: Uint8Array;
  /** With the rent of the treasury's token account, where the transaction opens it. */
  feeLamports: BaseUnits;
  lastValidBlockHeight: number;
}

export interface TransferProgress {
  signature: string;
  commitment: 'processed' | 'confirmed' | 'finalized';
  /** Blocks on top of its own; null once it is final, as nobody counts on. */
  confirmations: number | null;
  failed: boolean;
}
