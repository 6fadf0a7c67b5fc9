import type { Migration } from './index.ts';

/** What the sentence of an alert is made of, so that it can be said in other languages. */
export const alertFacts: Migration = {
  name: 'alert-facts',
  sql: 'ALTER TABLE alerts ADD COLUMN facts TEXT;',
};
