import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { commitmentLagSlotsMax, nodeLagSlotsMax, slotMsMax, slotMsMin } from './limits.ts';

export interface LocalnetOptions {
  /** Port of JSON-RPC, with the WebSocket on the next one; 0 takes any free pair. */
  httpPort: number;
  /**
   * Milliseconds per slot, 250 by default; shorter ones outrun @solana/web3.js, which uses a
   * blockhash for up to 30 s. `manual`: slots pass only by `advanceSlots`.
   */
  slotMs?: number | 'manual';
  /** Slots until a transaction is confirmed, 1 by default. */
  confirmedLagSlots?: number;
  /** Slots until it is finalized, 2 by default. */
  finalizedLagSlots?: number;
  /** Where the chain survives a restart; null: it doesn't. */
  dataDir: string | null;
  /**
   * How often a changed chain with `manual` slots is saved, 10 000 ms by default. One with a pace of
   * its own is saved with each slot that has transactions, before they are final, as long as that
   * is quick (some thousand transactions); both on stop.
   */
  snapshotIntervalMs?: number;
  log: Logger;
  clock: Clock;
}

export type LocalnetSettings = Required<LocalnetOptions>;

/** Throws RangeError for numbers out of range. */
export function withDefaults(options: LocalnetOptions): LocalnetSettings {
  const settings = {
    slotMs: 250,
    confirmedLagSlots: 1,
    finalizedLagSlots: 2,
    snapshotIntervalMs: 10_000,
    ...options,
  };
  const { slotMs, confirmedLagSlots, finalizedLagSlots } = settings;
  assertRange('httpPort', settings.httpPort, { min: 0, max: 65_534 });
  if (slotMs !== 'manual') assertRange('slotMs', slotMs, { min: slotMsMin, max: slotMsMax });
  assertRange('finalizedLagSlots', finalizedLagSlots, { min: 0, max: commitmentLagSlotsMax });
  assertRange('confirmedLagSlots', confirmedLagSlots, { min: 0, max: finalizedLagSlots });
  assertRange('snapshotIntervalMs', settings.snapshotIntervalMs, { min: 100, max: 86_400_000 });
  return settings;
}

/** Throws RangeError. */
export function assertLagSlots(lagSlots: number): void {
  assertRange('lagSlots', lagSlots, { min: 0, max: nodeLagSlotsMax });
}

/** Throws RangeError unless `value` is a whole number within the range. */
export function assertRange(
  name: string,
  value: number | bigint,
  range: { min: number | bigint; max: number | bigint },
): void {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (whole && value >= range.min && value <= range.max) return;
  throw new RangeError(`${name} must be a whole number from ${range.min} to ${range.max}`);
}
