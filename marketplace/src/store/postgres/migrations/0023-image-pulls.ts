import type { Migration } from './index.ts';

/** How far agents are with the images of jobs. */
export const imagePulls: Migration = {
  name: 'image-pulls',
  sql: 'ALTER TABLE executions ADD COLUMN image_pull TEXT;',
};
