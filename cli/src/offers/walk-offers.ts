import type { Client } from '@node3/shared/client';
import type { ReplyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import { listOffers } from '@node3/shared/routes/offers';
import type { OfferQuery } from './offer-query.ts';
import { type OfferRow, rowOf } from './offer-rows.ts';

/** As many as a walk reads at the most; a market beyond it is to be filtered. */
export const offersWalkedMax = 10_000;

export interface FoundOffers {
  rows: OfferRow[];
  /** That fit, whether they were read or not. */
  total: number;
}

/** The first offers that fit, page by page. */
export async function walkOffers(
  client: Client,
  query: OfferQuery,
  { most, signal }: { most: number; signal?: AbortSignal },
): Promise<FoundOffers> {
  const rows: OfferRow[] = [];
  let cursor: string | null = null;
  for (;;) {
    const limit = Math.min(limits.listPageMax, most - rows.length);
    const from: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: Page = await client.call(
      listOffers,
      { query: { ...query, ...from, limit } },
      signal === undefined ? {} : { signal },
    );
    rows.push(...page.data.map((offer) => rowOf(offer, query.asset)));
    cursor = page.nextCursor;
    if (cursor === null || rows.length >= most) return { rows, total: page.total.offers };
  }
}

type Page = ReplyOf<typeof listOffers>;
