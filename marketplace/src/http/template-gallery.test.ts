import type { QueryOf } from '@node3/shared/contract';
import {
  createTemplate,
  listGallery,
  runTemplate,
  setTemplateVisibility,
} from '@node3/shared/routes/templates';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeEach(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
});
afterEach(() => market.stop());

/** @returns the id of a template that anybody may use. */
async function shareTemplate(): Promise<string> {
  const { templateId } = await requester.client.call(createTemplate, {
    body: {
      name: 'train',
      spec: {
        workload: { kind: 'container', image: 'busybox', command: ['true'] },
        price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
      },
    },
  });
  const body = { visibility: 'public' as const };
  await requester.client.call(setTemplateVisibility, { params: { templateId }, body });
  return templateId;
}

describe('the gallery', () => {
  it('ends with the built-in examples, in pages', async () => {
    await shareTemplate();
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 2, ...(cursor && { cursor }) };
      const page = await market.anonymous.call(listGallery, { query });
      names.push(...page.data.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['train', 'Monte Carlo pi', 'Machine report', 'Hello']);
  });

  it('may begin with what most jobs were posted from, in pages', async () => {
    const shared: string[] = [];
    for (const runs of [1, 2, 0, 2]) {
      const templateId = await shareTemplate();
      for (let time = 0; time < runs; time += 1)
        await requester.client.call(runTemplate, { params: { templateId }, body: {} });
      shared.push(templateId);
    }
    const walked: { id: string; uses: number | null }[] = [];
    let cursor: string | null = null;
    do {
      const query: QueryOf<typeof listGallery> = {
        sort: 'uses',
        limit: 2,
        ...(cursor && { cursor }),
      };
      const page = await market.anonymous.call(listGallery, { query });
      walked.push(...page.data.map(({ templateId, uses }) => ({ id: templateId, uses })));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const [one, two, none, twoLater] = shared;
    expect(walked.map(({ uses }) => uses)).toEqual([2, 2, 1, 0, null, null, null]);
    expect(walked.slice(0, 4).map(({ id }) => id)).toEqual([twoLater, two, one, none]);
    const foreign = market.anonymous.call(listGallery, { query: { cursor: `${one}.1` } });
    await expect(foreign).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
