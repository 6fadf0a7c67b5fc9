import type { MarketSwitch } from '@node3/shared/market-switch';
import type { SwitchRow, SwitchStore } from '../switch-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';

interface SwitchRecord {
  name: MarketSwitch;
  reason: string;
  since_ms: bigint;
}

const selectAll = 'SELECT name, reason, since_ms FROM market_switches';
const insertOne = `
  INSERT INTO market_switches (name, reason, since_ms) VALUES (@name, @reason, @sinceMs)
  ON CONFLICT (name) DO UPDATE SET reason = excluded.reason`;
const deleteOne = 'DELETE FROM market_switches WHERE name = ?';

export function createSwitchStore(database: Database): SwitchStore {
  return {
    async switches() {
      const found = await database.read((tx) => tx.all<SwitchRecord>(selectAll));
      return found.map(toSwitch);
    },
    turnOn(row, events) {
      return database.write(function* (tx) {
        yield* tx.post(insertOne, row);
        yield* appendEventsIn(tx, events);
      });
    },
    turnOff(name, events) {
      return database.write(function* (tx) {
        const turned = yield* tx.run(deleteOne, name);
        if (turned > 0) yield* appendEventsIn(tx, events);
      });
    },
  };
}

function toSwitch({ name, reason, since_ms: sinceMs }: SwitchRecord): SwitchRow {
  return { name, reason, sinceMs: Number(sinceMs) };
}
