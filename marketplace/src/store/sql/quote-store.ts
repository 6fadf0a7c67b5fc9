import { MarketError } from '@node3/shared/error';
import type { Asset, BaseUnits } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
import type { QuoteRow, QuoteStore } from '../quote-store.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

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

export function createQuoteStore(database: Database): QuoteStore {
  return {
    saveQuote(quote) {
      return database.write(function* (tx) {
        yield* tx.post(deleteUnused, quote.createdAtMs - keptMs);
        yield* tx.post(insertQuote, quote);
      });
    },
    quote(quoteId) {
      return database.read((tx) => quoteIn(tx, quoteId));
    },
    async quoteOfJob(jobId) {
      const found = await database.read((tx) => tx.get<QuoteRecord>(selectOfJob, jobId));
      return found === undefined ? null : toQuote(found);
    },
  };
}

/** Ties a quote to the job posted with it. Throws QUOTE_EXPIRED or QUOTE_USED. */
export function* useQuoteIn(
  tx: Tx,
  quoteId: string,
  job: { jobId: string; createdAtMs: number },
): Work<void> {
  const quote = yield* quoteIn(tx, quoteId);
  if (quote === null) {
    const detail = 'There is no such quote; it expired long ago, or never was.';
    throw new MarketError('QUOTE_EXPIRED', { detail, quoteId });
  }
  if (quote.jobId !== null) throw new MarketError('QUOTE_USED', { quoteId, jobId: quote.jobId });
  if (quote.expiresAtMs <= job.createdAtMs) {
    const detail = `The quote expired at ${toTimestamp(quote.expiresAtMs)}.`;
    throw new MarketError('QUOTE_EXPIRED', { detail, quoteId });
  }
  yield* tx.post(useQuote, job.jobId, quoteId);
}

function* quoteIn(tx: Tx, quoteId: string): Work<QuoteRow | null> {
  const found = yield* tx.get<QuoteRecord>(selectQuote, quoteId);
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
