import type { Migration } from './index.ts';

/** SQLite's 39th. */
export const templateGallery: Migration = {
  name: 'template-gallery',
  sql: `
ALTER TABLE templates ADD COLUMN visibility TEXT NOT NULL DEFAULT 'private';
ALTER TABLE templates ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE templates ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE templates ADD COLUMN hidden_at_ms BIGINT;
CREATE INDEX templates_public ON templates (template_id) WHERE visibility = 'public';
`,
};
