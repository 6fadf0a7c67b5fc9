import type { Migration } from './index.ts';

/** A schedule that is asked for twice under one key is made once. */
export const scheduleKeys: Migration = {
  name: 'schedule-keys',
  sql: `
ALTER TABLE schedules ADD COLUMN idempotency_key TEXT;
ALTER TABLE schedules ADD COLUMN request_hash TEXT;
CREATE UNIQUE INDEX schedules_by_idempotency ON schedules (account_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
`,
};
