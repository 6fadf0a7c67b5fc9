import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { BaseUnits } from '@node3/shared/money';
import type { LedgerStore } from '../../store/store.ts';
import type { X402Store } from '../../store/x402-store.ts';
import type { RpcPool } from '../solana/rpc.ts';
import type { X402Offer } from '../x402-port.ts';
import type { FeePayer } from './fee-payer.ts';

export interface X402Settings {
  /** How long a request waits for its payment to be confirmed, milliseconds. */
  waitMs: number;
  /** Pause between two looks at the chain while a request waits. */
  pollMs: number;
  /** The same bytes are sent again this often until they are seen. */
  resendMs: number;
  /** Pause between two turns over all open payments. */
  turnMs: number;
  /**
   * A confirmed payment whose request does not come back is credited this long after it was signed;
   * until then its request may still make the job that it was for.
   */
  creditAfterMs: number;
  /** Expired payments are looked at again for this long, should they have landed after all. */
  expiredKeptMs: number;
  /** Network fees that payers may make us spend in any 24 hours, lamports. */
  dailyFeeLamportsMax: BaseUnits;
}

export const x402SettingsDefault: Omit<X402Settings, 'dailyFeeLamportsMax'> = {
  waitMs: 20_000,
  pollMs: 100,
  resendMs: 2_000,
  turnMs: 1_000,
  creditAfterMs: 45_000,
  expiredKeptMs: 86_400_000,
};

/** Places where a crash must not matter: before and after everything durable. */
export type X402FaultPoint = 'after-sign' | 'after-persist' | 'after-send' | 'after-confirm';

export interface SettlementDeps {
  store: X402Store & Pick<LedgerStore, 'ledgerBalance'>;
  rpc: RpcPool;
  offer: X402Offer;
  /** The USDC account of `offer.payTo`. */
  usdcAccount: string;
  feePayer: FeePayer;
  clock: Clock;
  ids: Ids;
  log: Logger;
  settings: X402Settings;
  /** Called at every commit boundary. Does nothing in production; tests throw in it. */
  fp?: (point: X402FaultPoint) => void;
}
