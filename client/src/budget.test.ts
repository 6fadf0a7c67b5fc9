import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sol, usdc } from './money.ts';
import { Testbed, usdcSpec } from './testing/testbed.ts';

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start();
});
afterAll(() => bed.stop());

const posted = async () => (await bed.client().jobs.list().take(100)).length;

describe('a budget', () => {
  it('of a call refuses what may cost more, before it is posted', async () => {
    const { jobs } = bed.client();
    const before = await posted();
    const dear = jobs.create(usdcSpec(), { maxCost: usdc('0.1') });
    await expect(dear).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      scope: 'call',
      needed: usdc('0.105'),
      limit: usdc('0.1'),
    });
    const otherAsset = jobs.create(usdcSpec(), { maxCost: sol('100') });
    await expect(otherAsset).rejects.toMatchObject({ scope: 'call' });
    expect(await posted()).toBe(before);
    const job = await jobs.create(usdcSpec(), { maxCost: usdc('0.105') });
    expect(job.settlement.quoted).toEqual(usdc('0.105'));
    await jobs.cancel(job);
  });

  it('makes the marketplace keep to the quote', async () => {
    const node3 = bed.client();
    const quote = await node3.quotes.create(usdcSpec());
    expect(quote).toMatchObject({ total: usdc('0.105'), fee: usdc('0.005') });
    const other = usdcSpec({ price: { kind: 'fixed', reward: usdc('9') } });
    await expect(node3.jobs.create(other, { quote })).rejects.toMatchObject({
      code: 'QUOTE_MISMATCH',
    });
    await node3.jobs.cancel(await node3.jobs.create(usdcSpec(), { quote, maxCost: usdc('1') }));
    await expect(node3.jobs.create(usdcSpec(), { quote })).rejects.toMatchObject({
      code: 'QUOTE_USED',
    });
  });

  it('of a client holds for all its jobs, also side by side, and frees what they did not use', async () => {
    const node3 = bed.client({ budget: { perJob: { USDC: '0.2' }, total: { USDC: '0.3' } } });
    const { jobs } = node3;
    const large = usdcSpec({ price: { kind: 'fixed', reward: usdc('0.2') } });
    await expect(jobs.create(large)).rejects.toMatchObject({ scope: 'perJob' });
    const three = await Promise.allSettled([1, 2, 3].map(() => jobs.create(usdcSpec())));
    expect(three.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(three.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { scope: 'total', limit: usdc('0.09') },
    });
    expect(node3.committed('USDC')).toEqual(usdc('0.21'));
    for (const row of three) if (row.status === 'fulfilled') await jobs.cancel(row.value);
    expect(node3.committed('USDC')).toEqual(usdc('0'));
    const inSol = usdcSpec({ price: { kind: 'fixed', reward: sol('0.000001') } });
    await expect(jobs.create(inSol)).rejects.toMatchObject({ scope: 'perJob', limit: null });
  });

  it('gives back what was set aside for a job that is refused', async () => {
    const node3 = bed.client({ budget: { total: { USDC: '100000' } } });
    const unpayable = usdcSpec({ price: { kind: 'fixed', reward: usdc('5000') } });
    await expect(node3.jobs.create(unpayable)).rejects.toMatchObject({
      code: 'FUNDS_INSUFFICIENT',
    });
    expect(node3.committed('USDC')).toEqual(usdc('0'));
  });

  it('keeps what was set aside for a job that an earlier try may have posted', async () => {
    let tries = 0;
    const busy = { status: 429, code: 'RATE_LIMITED', detail: 'Too much.' };
    const losing: typeof fetch = async (input, init) => {
      const { method, url } = new Request(input, init);
      if (method !== 'POST' || url.endsWith('/quotes')) return fetch(input, init);
      tries += 1;
      if (tries > 1) {
        return Response.json(busy, { status: 429, headers: { 'retry-after': '600' } });
      }
      await fetch(input, init);
      throw new TypeError('the answer is lost');
    };
    const budget = { total: { USDC: '0.2' } };
    const node3 = bed.client({ budget, fetch: losing });
    const before = await posted();
    await expect(node3.jobs.create(usdcSpec())).rejects.toMatchObject({ status: 429 });
    expect([tries, (await posted()) - before]).toEqual([2, 1]);
    expect(node3.committed('USDC')).toEqual(usdc('0.105'));
    await expect(node3.jobs.create(usdcSpec())).rejects.toMatchObject({ scope: 'total' });
  });

  it('counts a job once that is asked for twice by one key', async () => {
    const node3 = bed.client({ budget: { total: { USDC: '1' } } });
    const idempotencyKey = crypto.randomUUID();
    const job = await node3.jobs.create(usdcSpec(), { idempotencyKey });
    const again = await node3.jobs.createMany([usdcSpec()], {});
    expect(node3.committed('USDC')).toEqual(usdc('0.21'));
    for (const row of again) if (row.ok) await node3.jobs.cancel(row.jobId);
    await node3.jobs.create(usdcSpec(), { idempotencyKey }).catch(() => undefined);
    expect(node3.committed('USDC')).toEqual(usdc('0.105'));
    await node3.jobs.cancel(job);
    expect(node3.committed('USDC')).toEqual(usdc('0'));
  });

  it('holds for many at once, for another run and for a template', async () => {
    const node3 = bed.client({ budget: { total: { USDC: '0.3' } } });
    const { jobs, templates } = node3;
    const before = await posted();
    await expect(jobs.createMany([usdcSpec(), usdcSpec(), usdcSpec()])).rejects.toMatchObject({
      scope: 'total',
    });
    expect([await posted(), node3.committed('USDC')]).toEqual([before, usdc('0')]);
    const rows = await jobs.createMany([usdcSpec(), usdcSpec()]);
    expect(node3.committed('USDC')).toEqual(usdc('0.21'));
    const ids = rows.flatMap((row) => (row.ok ? [row.jobId] : []));
    const [first = ''] = ids;
    await jobs.cancel(first);
    await expect(jobs.rerun(first, { maxCost: usdc('0.1') })).rejects.toMatchObject({
      scope: 'call',
    });
    const dearer = { changes: { price: { reward: usdc('0.29') } } };
    await expect(jobs.rerun(first, dearer)).rejects.toMatchObject({ scope: 'total' });
    const again = await jobs.rerun(first);
    await expect(jobs.rerun(first)).rejects.toMatchObject({ scope: 'total' });
    await jobs.cancel(again);
    const spec = { ...usdcSpec({ name: '{{who}}' }) };
    const parameters = [{ name: 'who', type: 'string' as const }];
    const { templateId } = await templates.create({ name: 'named', spec, parameters });
    const run = { parameters: { who: 'me' } };
    await expect(templates.run(templateId, run, { maxCost: usdc('0.1') })).rejects.toMatchObject({
      scope: 'call',
    });
    const job = await templates.run(templateId, run, { maxCost: usdc('0.105') });
    expect(job).toMatchObject({ name: 'me', settlement: { quoted: usdc('0.105') } });
  });

  it('that names no asset, or no amount, is a mistake', () => {
    const caps = { scope: 'budget.total' };
    expect(() => bed.client({ budget: { total: {} } })).toThrow(caps.scope);
    expect(() => bed.client({ budget: { total: { USDC: '1,5' } } })).toThrow('1,5');
  });
});
