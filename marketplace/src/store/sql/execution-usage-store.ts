import type { ExecutionUsageStore } from '../execution-usage-store.ts';
import type { Database } from './database.ts';

const insertUsage = `
  INSERT INTO execution_usage (execution_id, usage, recorded_at_ms) VALUES (?, ?, ?)
  ON CONFLICT (execution_id) DO UPDATE
    SET usage = excluded.usage, recorded_at_ms = excluded.recorded_at_ms`;
const selectUsage = 'SELECT usage FROM execution_usage WHERE execution_id = ?';

export function createExecutionUsageStore(database: Database): ExecutionUsageStore {
  return {
    saveExecutionUsage(executionId, join, nowMs) {
      return database.write(function* (tx) {
        const stored = yield* tx.get<{ usage: string }>(selectUsage, executionId);
        yield* tx.post(insertUsage, executionId, join(stored?.usage ?? null), nowMs);
      });
    },
    executionUsage(executionId) {
      return database.read(function* (tx) {
        const found = yield* tx.get<{ usage: string }>(selectUsage, executionId);
        return found?.usage ?? null;
      });
    },
  };
}
