import { initialSchema } from './0001-initial-schema.ts';
import { payouts } from './0002-payouts.ts';
import { payoutKinds } from './0003-payout-kinds.ts';

export interface Migration {
  name: string;
  sql: string;
}

/** In order; a released migration is never edited. */
export const migrations: readonly Migration[] = [initialSchema, payouts, payoutKinds];
