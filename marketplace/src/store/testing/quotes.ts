import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import type { QuoteRow } from '../quote-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

function quoteIn({ ids, nowMs }: World): QuoteRow {
  return {
    quoteId: ids.next('quote'),
    specHash: 'hash',
    asset: 'USDC',
    total: baseUnits(1_000n),
    feeBasisPoints: 250,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    jobId: null,
  };
}

/** Uses each method of the store for quotes at least once. */
export async function liveThroughQuotes(world: World): Promise<void> {
  const { store } = world;
  const quote = quoteIn(world);
  await store.saveQuote(quote);
  const { quoteId } = quote;
  const accountId = await world.openAccount();
  const { job } = await store.postJob({ ...world.posting(accountId), quoteId });
  await store.quote(quoteId);
  await store.quoteOfJob(job.jobId);
}

export function describeQuotes(given: Given): void {
  describe('quotes', () => {
    const newQuote = () => quoteIn(given.world);

    it('are used up together with the posting, or neither happens', async () => {
      const { store, world } = given;
      const quote = newQuote();
      await store.saveQuote(quote);
      const { quoteId } = quote;
      const poor = await world.openAccount(0n);
      await expect(store.postJob({ ...world.posting(poor), quoteId })).rejects.toMatchObject({
        code: 'FUNDS_INSUFFICIENT',
      });
      expect(await store.quote(quoteId)).toEqual(quote);
      const accountId = await world.openAccount();
      const { job } = await store.postJob({ ...world.posting(accountId), quoteId });
      expect(await store.quoteOfJob(job.jobId)).toEqual({ ...quote, jobId: job.jobId });
      await expect(store.postJob({ ...world.posting(accountId), quoteId })).rejects.toMatchObject({
        code: 'QUOTE_USED',
      });
      expect(await store.countJobs()).toMatchObject({ queued: 1 });
    });

    it('stay refused after their time, and go an hour later unless they were used', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const [used, left] = [newQuote(), newQuote()];
      await store.saveQuote(used);
      await store.saveQuote(left);
      await store.postJob({ ...world.posting(accountId), quoteId: used.quoteId });
      world.nowMs += 60_000;
      await expect(
        store.postJob({ ...world.posting(accountId), quoteId: left.quoteId }),
      ).rejects.toMatchObject({ code: 'QUOTE_EXPIRED' });
      world.nowMs += 3_599_999;
      await store.saveQuote(newQuote());
      expect(await store.quote(left.quoteId)).toEqual(left);
      world.nowMs += 1;
      await store.saveQuote(newQuote());
      expect(await store.quote(left.quoteId)).toBeNull();
      expect(await store.quote(used.quoteId)).not.toBeNull();
    });
  });
}
