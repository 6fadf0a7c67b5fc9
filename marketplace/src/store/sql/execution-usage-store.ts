import type { ExecutionUsageStore } from '../execution-usage-store.ts';
import type { Database } from './database.ts';

const insertUsage = `
  INSERT INTO execution_usage (execution_id, usage, recorded_at_ms) VALUES (?, ?, ?)
  ON CONFLICT (execution_id) DO NOTHING`;
const selectUsage = 'SELECT usage FROM execution_usage WHERE execution_id = ?';

export function createExecutionUsageStore(database: Database): ExecutionUsageStore {
  return {
    saveExecutionUsage(executionId, usage, nowMs) {
      return database.write(function* (tx) {
        yield* tx.post(insertUsage, executionId, usage, nowMs);
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
