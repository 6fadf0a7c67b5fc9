import type { NewEvent } from '@node3/shared/events';
import type { AccountScope } from '@node3/shared/key-scopes';
import type { ApiKeyRow } from './rows.ts';

/** Sessions of web pages, which are kept as keys of another kind, and the ways to sign in. */
export interface SessionStore {
  /** Keeps what a wallet was asked to sign; each makes room by removing some whose time is over. */
  saveSignIn(signIn: SignInRow, nowMs: number): Promise<void>;
  /** Takes it out for good. null when unknown, used or expired: a nonce can never work twice. */
  takeSignIn(nonceHash: string, nowMs: number): Promise<string | null>;
  /** Open sessions of an account, newest first, at most `limit`. */
  sessionsOf(accountId: string, nowMs: number, limit: number): Promise<ApiKeyRow[]>;
  /** Removes sessions of an account that have ended. @returns ids of those that it ends. */
  tidySessions(tidying: SessionTidying): Promise<string[]>;
  /** Ends every open session of an account. @returns how many there were. */
  endSessions(accountId: string, nowMs: number, events: NewEvent[]): Promise<number>;

  /** Keeps a login; each makes room by removing some whose time is long over. */
  addDeviceLogin(login: DeviceLoginRow): Promise<void>;
  /** One that nobody has decided about; null when there is none. */
  openDeviceLogin(userHash: string, nowMs: number): Promise<DeviceLoginRow | null>;
  /** Decides once. false when there is none to be decided. */
  decideDeviceLogin(decision: DeviceDecision): Promise<boolean>;
  /**
   * What the device is told. An approved login is used up by it, and its key is added in the same
   * transaction. A device that asks before the interval is over has a longer one from then on.
   */
  takeDeviceLogin(take: DeviceTake): Promise<DeviceOutcome>;
}

export interface SignInRow {
  nonceHash: string;
  /** What was to be signed, JSON. */
  facts: string;
  expiresAtMs: number;
}

export interface SessionTidying {
  accountId: string;
  /** How many of the newest go on. */
  keep: number;
  nowMs: number;
  /** Of each that is ended. */
  eventOf: (sessionId: string) => NewEvent;
}

export interface DeviceLoginRow {
  /** SHA-256 of the codes, hex; the codes themselves are never stored. */
  deviceHash: string;
  userHash: string;
  client: string;
  scopes: AccountScope[];
  /** As the audit log keeps it. */
  ip: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  intervalSec: number;
}

export interface DeviceDecision {
  userHash: string;
  decision: 'approved' | 'denied';
  accountId: string;
  nowMs: number;
  events: NewEvent[];
}

export interface DeviceTake {
  deviceHash: string;
  client: string;
  nowMs: number;
  /** Makes the key and its event once it is known whose it is. */
  keyFor(login: DeviceLoginRow, accountId: string): { key: ApiKeyRow; event: NewEvent };
  keysMax: number;
}

export type DeviceOutcome =
  | { state: 'approved'; key: ApiKeyRow }
  | { state: 'unknown' | 'pending' | 'too-fast' | 'denied' | 'expired' };
