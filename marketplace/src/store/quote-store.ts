import type { Asset, BaseUnits } from '@node3/shared/money';

/** What was offered for a spec, until when, and the job that took it. */
export interface QuoteRow {
  quoteId: string;
  specHash: string;
  asset: Asset;
  /** What is held for the job, fee included. */
  total: BaseUnits;
  feeBasisPoints: number;
  createdAtMs: number;
  expiresAtMs: number;
  /** null until a job is posted with it. A quote is used once. */
  jobId: string | null;
}

export interface QuoteStore {
  /** Stores a new quote. Anybody may ask for some, so each removes a few old ones nobody used. */
  saveQuote(quote: QuoteRow): Promise<void>;
  quote(quoteId: string): Promise<QuoteRow | null>;
  quoteOfJob(jobId: string): Promise<QuoteRow | null>;
}
