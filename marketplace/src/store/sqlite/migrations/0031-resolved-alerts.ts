import type { Migration } from './index.ts';

/** Alerts that are over are found by when they ended, to be removed for their age. */
export const resolvedAlerts: Migration = {
  name: 'resolved-alerts',
  sql: `
CREATE INDEX alerts_resolved ON alerts (resolved_at_ms) WHERE resolved_at_ms IS NOT NULL;
`,
};
