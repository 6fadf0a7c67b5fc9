import type { Migration } from './index.ts';

/** SQLite's 31st. */
export const resolvedAlerts: Migration = {
  name: 'resolved-alerts',
  sql: `
CREATE INDEX alerts_resolved ON alerts (resolved_at_ms) WHERE resolved_at_ms IS NOT NULL;
`,
};
