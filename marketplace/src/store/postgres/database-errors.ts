import { MarketError } from '@node3/shared/error';
import { nulRefused } from '@node3/shared/nul-fields';
import { DatabaseError } from 'pg';
import { storageFull } from '../storage-full.ts';

/**
 * The database could not be asked, or ended what was under way for a reason of its own. Asking again
 * may help; whether what was asked has happened is unknown only where a commit was under way.
 */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** What a caller is told of a database that is away, or slower than anybody waits. */
export function unavailable(cause: unknown): MarketError {
  return new MarketError('STORE_UNAVAILABLE', { retryAfterSec: 1 }, { cause });
}

/** What a caller is told who would be one more of too many that wait; nothing was done. */
export function tooMany(what: 'changes' | 'reads'): MarketError {
  const detail = `Too many ${what} wait for the database; this one was not begun.`;
  return new MarketError('STORE_UNAVAILABLE', { detail, retryAfterSec: 1 });
}

/**
 * Classes of SQLSTATE, and single ones, that say nothing about the statement: connections, transactions
 * that lost against others, resources, an operator or a failover. Appendix A of PostgreSQL's manual.
 */
const away = /^(08|40|53|57|58|XX|25006|25P03|55P03)/;

/** After a migration by another process: the statement has to be prepared once more. */
function isStalePlan(error: DatabaseError): boolean {
  return error.code === '0A000' && error.message.includes('cached plan');
}

/** The server undoes what it found no room for; one without room for its own log ends as well. */
const diskFull = '53100';

/** It keeps every character in a text but NUL: such a text comes from a request, and is told to it. */
const unkept = ['22021', '22P05'];

/**
 * What a failed round trip means: an error of the statement stays itself, a full disk is STORAGE_FULL,
 * a text with NUL is REQUEST_INVALID, all others are `DatabaseAway`.
 */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    if (error.code === diskFull) return storageFull(error);
    if (unkept.includes(error.code ?? '')) return nulRefused(error);
    const isAway = away.test(error.code ?? '') || isStalePlan(error);
    return isAway ? new DatabaseAway(error.message, { cause: error }) : error;
  }
  if (error instanceof DatabaseAway) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new DatabaseAway(why === '' ? 'the connection failed' : why, { cause: error });
}
