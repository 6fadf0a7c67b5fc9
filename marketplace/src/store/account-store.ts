import type { Asset, BaseUnits } from '@node3/shared/money';
import type { Caps } from '../domain/spending-caps.ts';
import type { AgentStore } from './agent-store.ts';
import type { KeyStore } from './key-store.ts';
import type { AccountRow, ApiKeyRow, ChallengeRow } from './rows.ts';

export interface AccountStore extends AgentStore, KeyStore {
  saveChallenge(challenge: ChallengeRow): Promise<void>;
  /** Takes a challenge out for good. null when unknown, used or expired: it can never work twice. */
  consumeChallenge(challengeId: string, nowMs: number): Promise<ChallengeRow | null>;

  /**
   * Creates the account of a wallet, or finds it; either way the key is added and belongs to the
   * account returned. A new account's `account.created` is stored with it.
   */
  openAccount(opening: AccountOpening): Promise<{ account: AccountRow; created: boolean }>;
  account(accountId: string): Promise<AccountRow | null>;
  /** Many accounts in one query; unknown ids are left out. */
  accountsById(accountIds: string[]): Promise<Map<string, AccountRow>>;
  accountOfWallet(wallet: string): Promise<AccountRow | null>;
  countAccounts(): Promise<number>;
  /** Available and held money of one account. */
  accountBalances(accountId: string): Promise<Record<Asset, AccountBalance>>;
}

export interface AccountOpening {
  accountId: string;
  wallet: string | null;
  name: string | null;
  /** null opens the operator's account, which has no key of its own. */
  key: ApiKeyRow | null;
  /** What the key may spend from its first moment on. */
  keyCaps?: Record<Asset, Caps> | null;
  nowMs: number;
}

export interface AccountBalance {
  available: BaseUnits;
  held: BaseUnits;
}
