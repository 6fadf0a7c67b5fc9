import type { BaseUnits } from '@node3/shared/money';
import type { X402SettlementRow } from '../store/x402-store.ts';

/** The protocol's names of the network that payments are made on. */
export interface X402Networks {
  /** CAIP-2, such as `solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1`. */
  v2: `${string}:${string}`;
  /** Such as `solana-devnet`. */
  v1: string;
}

/** What is offered to payers; the same for every request. */
export interface X402Offer {
  networks: X402Networks;
  usdcMint: string;
  /** The wallet that is paid; its USDC account must exist. */
  payTo: string;
  /** The wallet that pays the network's fee of each payment, and signs last. */
  feePayer: string;
}

/** What one request costs. */
export interface X402Charge {
  /** micro-USDC. */
  amount: BaseUnits;
  /** Binds a payment to the body it pays for: a payment with another memo is refused. */
  memo: string;
  /** Goes into the memo and comes back with the payment; null for clients that can't send it back. */
  nonce: string | null;
  /** SHA-256 of the canonical body. */
  requestHash: string;
}

/** A signed payment as it came with a request; nothing in it is believed yet. */
export interface X402Payment {
  /** The serialized transaction, base64. */
  transaction: string;
  /** SHA-256 of the message that the payer signed, hex: names the payment for ever. */
  messageHash: string;
  /** Who it says that pays. */
  payer: string;
  /** The text of its memo; null without. */
  memo: string | null;
  /** The client's own id of this payment; null without. */
  paymentId: string | null;
}

export type X402Outcome =
  /** Confirmed: the money has arrived. */
  | { state: 'settled'; settlement: X402SettlementRow }
  /** Sent, and nothing is known yet. The same payment may be shown again at any time. */
  | { state: 'pending'; settlement: X402SettlementRow }
  /** Refused, on chain or before; `reason` is a word of the protocol. Nothing was paid. */
  | { state: 'refused'; reason: string };

/** Payments by x402 as the services see them. */
export interface X402 {
  readonly offer: X402Offer;
  /** Why no payments are taken at present, for a person; null when they are. */
  closed(): Promise<string | null>;
  /**
   * SOL of the wallet that pays network fees, confirmed and some minutes old at most; lamports. null
   * while that is not known.
   */
  feePayerLamports(): BaseUnits | null;
  /** Reads a transaction. null when it is none that could be a payment. */
  read(transaction: string, paymentId: string | null): X402Payment | null;
  /**
   * Whether the payer signed, and the transaction would pay exactly this charge. null when it would,
   * otherwise why not, in a word of the protocol. Rejects with CHAIN_UNAVAILABLE.
   */
  verify(payment: X402Payment, charge: X402Charge): Promise<string | null>;
  /**
   * Signs a verified payment, stores and sends it, and waits until it is confirmed or the wait is
   * over. Rejects with PAYMENT_CONFLICT, PAYMENT_UNAVAILABLE, RATE_LIMITED or CHAIN_UNAVAILABLE; then
   * nothing was sent.
   */
  settle(payment: X402Payment, charge: X402Charge): Promise<X402Outcome>;
  /** Goes on with a payment that is stored already. Never signs or checks anything again. */
  resume(settlement: X402SettlementRow): Promise<X402Outcome>;
}
