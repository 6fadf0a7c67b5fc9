import type { Asset, Money } from '../money.ts';
import type { PayoutState } from './job.ts';

/** Something for each asset. */
export type PerAsset<T> = Record<Asset, T>;

/** Your account and its money. */
export interface Account {
  accountId: string;
  /** null for an account that no wallet has opened. */
  wallet: string | null;
  name: string | null;
  /** `held` is for open jobs; what they don't use comes back. */
  balances: PerAsset<{ available: Money; held: Money }>;
  createdAt: string;
  /** What this key may do; `read-only` narrows the others to reading. */
  access: {
    by: 'key' | 'session';
    scopes: ('requester' | 'provider' | 'operator' | 'read-only')[];
  };
}

/** What may be spent at most. Decimal strings in the asset they stand under, fee included; null is no limit. */
export interface AccountCaps {
  /** One job. */
  perJob: string | null;
  /** All open jobs together. */
  open: string | null;
  /** Jobs posted in one UTC day: what is held, later what was charged. */
  perDay: string | null;
}

/** The caps that the marketplace enforces, for this account and this key. */
export interface Caps {
  operator: PerAsset<AccountCaps>;
  account: PerAsset<AccountCaps>;
  used: PerAsset<{ open: string; today: string }>;
  /** null for the operator's key. */
  key: {
    keyId: string;
    caps: PerAsset<KeyCaps>;
    used: PerAsset<{ today: string }>;
  } | null;
  dayEndsAt: string;
}

/** What one key may spend at most. */
export interface KeyCaps {
  perJob: string | null;
  perDay: string | null;
}

/** What one transaction brought in one asset. */
export interface Deposit {
  signature: string;
  explorerUrl: string | null;
  money: Money;
  state: 'credited' | 'waiting' | 'suspense' | 'refunding' | 'refunded';
  route: 'reference' | 'memo' | 'claim' | 'operator' | 'faucet' | null;
  intentId: string | null;
  seenAt: string;
  creditedAt: string | null;
}

/** A Solana Pay link whose payment is credited by itself. */
export interface DepositLink {
  intentId: string;
  /** For a QR code or a wallet. */
  url: string;
  treasury: string;
  reference: string;
  /** Works without the link too, for as long as the account. */
  memo: string;
  asset: Asset;
  amount: Money | null;
  state: 'pending' | 'credited' | 'expired';
  deposits: Deposit[];
  createdAt: string;
  expiresAt: string;
}

/** Money on its way to the wallet of the account. */
export interface Withdrawal {
  withdrawalId: string;
  money: Money;
  wallet: string;
  state: PayoutState;
  /** Why it needs a person before it can be paid. */
  holdReason: string | null;
  /** Why it has not left yet. */
  waitReason: string | null;
  signature: string | null;
  explorerUrl: string | null;
  createdAt: string;
  finalizedAt: string | null;
}
