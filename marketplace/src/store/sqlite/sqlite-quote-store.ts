import { MarketError } from '@node3/shared/error';
import type { Asset, BaseUnits } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
import type Database from 'better-sqlite3';
import type { QuoteRow, QuoteStore } from '../quote-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface QuoteRecord {
  quote_id: string;
  spec_hash: string;
  asset: string;
  total: bigint;
  fee_basis_points: bigint;
  created_at_ms: bigint;
  expires_at_ms: bigint;
  job_id: string | null;
}

/** An expired quote is kept this long, so that its late user is told what happened. */
const keptMs = 3_600_000;

const insertQuote = `
  INSERT INTO quotes (quote_id, spec_hash, asset, total, fee_basis_points, created_at_ms,
    expires_at_ms, job_id)
  VALUES (@quoteId, @specHash, @asset, @total, @feeBasisPoints, @createdAtMs, @expiresAtMs, @jobId)`;
const deleteUnused = `
  DELETE FROM quotes WHERE quote_id IN
    (SELECT quote_id FROM quotes INDEXED BY quotes_unused
     WHERE job_id IS NULL AND expires_at_ms <= ?
     ORDER BY expires_at_ms LIMIT 10)`;
const selectQuote = 'SELECT * FROM quotes WHERE quote_id = ?';
const selectOfJob = 'SELECT * FROM quotes WHERE job_id = ?';
const useQuote = 'UPDATE quotes SET job_id = ? WHERE quote_id = ?';

export function createSqliteQuoteStore(sqlite: SqliteDatabase): QuoteStore {
  return {
    saveQuote(quote) {
      return sqlite.write((db) => {
        statement(db, deleteUnused).run(quote.createdAtMs - keptMs);
        statement(db, insertQuote).run(quote);
      });
    },
    async quote(quoteId) {
      return sqlite.read((db) => quoteIn(db, quoteId));
    },
    async quoteOfJob(jobId) {
      const found = sqlite.read((db) => statement<QuoteRecord>(db, selectOfJob).get(jobId));
      return found === undefined ? null : toQuote(found);
    },
  };
}

/** Ties a quote to the job posted with it. Throws QUOTE_EXPIRED or QUOTE_USED. */
export function useQuoteIn(
  db: Database.Database,
  quoteId: string,
  job: { jobId: string; createdAtMs: number },
): void {
  const quote = quoteIn(db, quoteId);
  if (quote === null) {
    const detail = 'There is no such quote; it expired long ago, or never was.';
    throw new MarketError('QUOTE_EXPIRED', { detail, quoteId });
  }
  if (quote.jobId !== null) throw new MarketError('QUOTE_USED', { quoteId, jobId: quote.jobId });
  if (quote.expiresAtMs <= job.createdAtMs) {
    const detail = `The quote expired at ${toTimestamp(quote.expiresAtMs)}.`;
    throw new MarketError('QUOTE_EXPIRED', { detail, quoteId });
  }
  statement(db, useQuote).run(job.jobId, quoteId);
}

function quoteIn(db: Database.Database, quoteId: string): QuoteRow | null {
  const found = statement<QuoteRecord>(db, selectQuote).get(quoteId);
  return found === undefined ? null : toQuote(found);
}

function toQuote(record: QuoteRecord): QuoteRow {
  return {
    quoteId: record.quote_id,
    specHash: record.spec_hash,
    asset: record.asset as Asset,
    total: record.total as BaseUnits,
    feeBasisPoints: Number(record.fee_basis_points),
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
    jobId: record.job_id,
  };
}
