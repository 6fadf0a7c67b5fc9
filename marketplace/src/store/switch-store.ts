import type { NewEvent } from '@node3/shared/events';
import type { MarketSwitch } from '@node3/shared/market-switch';

/** A switch that is on. */
export interface SwitchRow {
  name: MarketSwitch;
  /** In the operator's words. */
  reason: string;
  sinceMs: number;
}

export interface SwitchStore {
  /** Those that are on. */
  switches(): Promise<SwitchRow[]>;
  /** Turns one on; one that is on already keeps its time and gets the new reason. */
  turnOn(row: SwitchRow, events: NewEvent[]): Promise<void>;
  /** Appends its events only where it was on. */
  turnOff(name: MarketSwitch, events: NewEvent[]): Promise<void>;
}
