import type { Migration } from './index.ts';

/** SQLite's 48th. */
export const scheduleKeys: Migration = {
  name: 'schedule-keys',
  sql: `
ALTER TABLE schedules ADD COLUMN idempotency_key TEXT;
ALTER TABLE schedules ADD COLUMN request_hash TEXT;
CREATE UNIQUE INDEX schedules_by_idempotency ON schedules (account_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
`,
};
