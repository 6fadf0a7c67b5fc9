import type { Migration } from './index.ts';

/** The gallery in the order of how often its templates were used. */
export const galleryByUses: Migration = {
  name: 'gallery-by-uses',
  sql: `
CREATE INDEX templates_public_by_uses ON templates (uses, template_id) WHERE visibility = 'public';
`,
};
