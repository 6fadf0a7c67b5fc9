import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isApiError, JobFailedError } from '../errors.ts';
import { usdc } from '../money.ts';
import { Testbed, usdcSpec } from '../testing/testbed.ts';
import type { LogLine } from '../types/job.ts';
import type { JobSpec } from '../types/job-spec.ts';
import { isEnded } from './job-ref.ts';

let bed: Testbed;

async function toList<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of source) list.push(entry);
  return list;
}
beforeAll(async () => {
  bed = await Testbed.start();
});
afterAll(() => bed.stop());

async function countJobs(label: string): Promise<number> {
  const jobs = await bed.client().jobs.list().take(1_000);
  return jobs.filter(({ name }) => name === label).length;
}

describe('posting', () => {
  it('happens once when the answer gets lost, and when the request does', async () => {
    const { jobs } = bed.client();
    await jobs.list().page();
    for (const how of ['after', 'before'] as const) {
      bed.proxy.cut(how);
      const job = await jobs.create(usdcSpec({ name: how }));
      expect(job.state).toBe('queued');
      expect(job.settlement.held).toEqual(usdc('0.105'));
      expect(await countJobs(how)).toBe(1);
    }
    expect(bed.proxy.cuts).toBeGreaterThanOrEqual(2);
  });

  it('goes on after a crash with the same key', async () => {
    const spec = usdcSpec({ name: 'again' });
    const first = await bed.client().jobs.create(spec, { idempotencyKey: 'mine' });
    const second = await bed.client().jobs.create(spec, { idempotencyKey: 'mine' });
    expect(second.jobId).toBe(first.jobId);
    const other = bed.client().jobs.create(usdcSpec(), { idempotencyKey: 'mine' });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', status: 422 });
    const bad = bed.client().jobs.create(spec, { idempotencyKey: 'with space' });
    await expect(bad).rejects.toMatchObject({ code: 'OPTION_INVALID', field: 'idempotencyKey' });
  });

  it('of many answers each on its own, in order', async () => {
    const bad = usdcSpec({ limits: { runSec: 0 } });
    const specs = [...Array.from({ length: 501 }, () => usdcSpec({ name: 'many' })), bad];
    const rows = await bed.client().jobs.createMany(specs, { idempotencyKey: 'many' });
    const last = rows.at(-1);
    expect(rows.map(({ ok }) => ok)).toEqual([...Array.from({ length: 501 }, () => true), false]);
    if (last === undefined || last.ok) throw new Error('it was posted');
    expect(last.error).toMatchObject({ code: 'REQUEST_INVALID', status: 422 });
    const again = await bed.client().jobs.createMany(specs, { idempotencyKey: 'many' });
    expect(again.filter((row) => row.ok && row.replayed)).toHaveLength(501);
    expect(again.map((row) => row.ok && row.jobId)).toEqual(rows.map((row) => row.ok && row.jobId));
    let cancelled = 0;
    for await (const row of bed.client().jobs.cancelMany({ filter: { states: ['queued'] } })) {
      if (row.problem === undefined) cancelled += 1;
    }
    expect(cancelled).toBeGreaterThanOrEqual(501);
  });

  it('that is refused says which field, and what to do', async () => {
    const wrong = usdcSpec({ limits: { runSec: 0 } });
    const error: unknown = await bed
      .client()
      .jobs.create(wrong)
      .catch((caught: unknown) => caught);
    if (!isApiError(error, 'REQUEST_INVALID')) throw new Error('it was not refused');
    expect(error).toMatchObject({
      status: 422,
      field: '/limits/runSec',
      retry: 'never',
      match: null,
      payment: null,
    });
    expect(error.fix).toContain('Correct the fields');
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that nobody can pay says what is missing', async () => {
    const dear = usdcSpec({ price: { kind: 'fixed', reward: usdc('5000') } });
    await expect(bed.client().jobs.create(dear)).rejects.toMatchObject({
      code: 'FUNDS_INSUFFICIENT',
      status: 402,
      payment: { needed: usdc('5250'), cap: null },
    });
  });
});

describe('a list', () => {
  it('is gone through page by page', async () => {
    const { jobs } = bed.client();
    const pages = jobs.list({ limit: 1, states: ['queued', 'cancelled'] });
    const first = await pages.page();
    const second = await pages.page(first.nextCursor);
    expect(await pages.take(2)).toEqual([...first.data, ...second.data]);
    expect(first.data).toHaveLength(1);
    expect(await pages.take(0)).toEqual([]);
  });
});

describe('a job to its end', () => {
  it('is followed over lost connections and a restart, no line lost and none twice', async () => {
    const { jobs } = bed.client();
    const posted = await jobs.create(usdcSpec());
    const agent = await bed.takeJob();
    const lines: LogLine[] = [];
    const followed = (async () => {
      for await (const line of jobs.logs(posted)) lines.push(line);
    })();
    const waited = jobs.wait(posted);
    const events: string[] = [];
    const heard = (async () => {
      for await (const { type } of jobs.events(posted)) events.push(type);
    })();
    const texts = () => lines.map(({ text }) => text);
    await agent.write('one', 'two');
    await vi.waitFor(() => expect(texts()).toEqual(['one', 'two']), 20_000);
    bed.proxy.drop();
    await agent.write('three');
    await vi.waitFor(() => expect(texts()).toHaveLength(3), { timeout: 10_000 });
    await bed.market.restart();
    await agent.write('four');
    await agent.end({ exitCode: 0, logLines: 4 });
    await Promise.all([followed, heard]);
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const ended = await waited;
    expect(ended).toMatchObject({ state: 'succeeded', reason: 'exited' });
    expect(Date.parse(ended.finishedAt)).toBeGreaterThan(0);
    expect(ended.settlement.charged).toEqual(usdc('0.105'));
    expect([events[0], events.at(-1)]).toEqual(['job.posted', 'job.ended']);
    expect(new Set(events).size).toBeGreaterThan(3);
    expect(await toList(jobs.logs(posted, { follow: false, after: 2 }))).toEqual(lines.slice(2));
    expect(await toList(jobs.logs(posted, { last: 1 }))).toEqual(lines.slice(3));
    const { receipt } = await jobs.receipt(posted);
    expect(receipt.charged).toEqual(usdc('0.105'));
  });

  it('is run: lines as they come, and the end', async () => {
    const lines: string[] = [];
    const changes: string[] = [];
    const running = bed.client().jobs.run(usdcSpec(), {
      onLog: ({ text }) => lines.push(text),
      onChange: ({ state }) => changes.push(state),
    });
    await vi.waitFor(() => expect(changes).toEqual(['queued']), 20_000);
    const agent = await bed.takeJob();
    await agent.write('hello');
    await agent.end({ logLines: 1 });
    const job = await running;
    expect([job.state, lines]).toEqual(['succeeded', ['hello']]);
    expect([changes[0], changes.at(-1)]).toEqual(['queued', 'succeeded']);
    expect(isEnded(job)).toBe(true);
  });

  it('is asked for again and again where the marketplace can not wait', async () => {
    let looks = 0;
    const impatient: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      looks += headers.has('prefer') ? 1 : 0;
      headers.delete('prefer');
      return fetch(input, { ...init, headers });
    };
    const { jobs } = bed.client({ fetch: impatient });
    const posted = await jobs.create(usdcSpec());
    const waited = jobs.wait(posted);
    await vi.waitFor(() => expect(looks).toBeGreaterThan(1), { timeout: 10_000 });
    await jobs.cancel(posted);
    expect((await waited).state).toBe('cancelled');
  });

  it('that fails is an error with the job in it', async () => {
    const running = bed.client().jobs.run(usdcSpec());
    const agent = await bed.takeJob();
    await agent.end({ outcome: 'failed', reason: 'nonzero_exit', exitCode: 3 });
    const error: unknown = await running.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobFailedError);
    expect(error).toMatchObject({ code: 'JOB_FAILED', job: { exitCode: 3, state: 'failed' } });
    expect(String(error)).toContain('failed with exit code 3. The program ended');
  });

  it('is cancelled when the signal says so, and rejects with its reason', async () => {
    const leave = new AbortController();
    const name = 'left';
    const running = bed.client().jobs.run(usdcSpec({ name }), {
      signal: leave.signal,
      cancelOnAbort: true,
      onChange: ({ state }) => state === 'queued' && leave.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
    const [left] = await bed.client().jobs.list().take(1);
    expect(left).toMatchObject({ name, state: 'cancelled' });
  });

  it('is cancelled also when the signal comes while it is posted', async () => {
    const leave = new AbortController();
    const name = 'left at once';
    const aborting: typeof fetch = (input, init) => {
      if (init?.method === 'POST') leave.abort(new Error('never mind'));
      return fetch(input, init);
    };
    const { jobs } = bed.client({ fetch: aborting });
    const running = jobs.run(usdcSpec({ name }), { signal: leave.signal, cancelOnAbort: true });
    await expect(running).rejects.toThrow('never mind');
    const [left] = await bed.client().jobs.list().take(1);
    expect(left).toMatchObject({ name, state: 'cancelled' });
  });

  it('is run again, explained and rated', async () => {
    const { jobs } = bed.client();
    const posted = await jobs.create(usdcSpec({ name: 'first' }));
    expect(await jobs.explain(posted)).toMatchObject({ jobId: posted.jobId, state: 'queued' });
    const agent = await bed.takeJob();
    await agent.end();
    await jobs.wait(posted.jobId);
    expect(await jobs.rate(posted, { stars: 5 })).toMatchObject({ agentId: agent.agentId });
    const again = await jobs.rerun(posted, { changes: { name: 'second' } });
    expect(again).toMatchObject({ name: 'second', rerunOf: posted.jobId });
    expect((await jobs.cancel(again)).state).toBe('cancelled');
    expect((await jobs.cancel(again)).state).toBe('cancelled');
  });

  it('that no agent could run is explained before it is posted', async () => {
    const { jobs } = bed.client();
    const huge: JobSpec = usdcSpec({ resources: { cpus: 200 } });
    const explanation = await jobs.explain(huge);
    expect(explanation).toMatchObject({ jobId: null, possible: false });
    await expect(jobs.create(huge)).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      field: '/resources/cpus',
      match: { constraint: explanation.constraints[0]?.constraint },
    });
  });
});

describe('sharing', () => {
  it('makes a link that needs no key, and makes it void', async () => {
    const { jobs } = bed.client();
    const job = await jobs.create(usdcSpec({ name: 'shared' }));
    const link = await jobs.share(job, { shows: ['job'], expiresSec: 60 });
    expect(link).toMatchObject({ jobId: job.jobId, shows: ['job'], uses: 0 });
    const anonymous = bed.client({ apiKey: null });
    const [path = '', query = ''] = link.url.split('?');
    const signature = new URLSearchParams(query).get('signature');
    const open = () => anonymous.request({ method: 'GET', path, query: { signature } });
    expect(await open()).toMatchObject({ jobId: job.jobId, name: 'shared' });
    await jobs.revokeLink(job, link.linkId);
    await expect(open()).rejects.toMatchObject({ code: 'LINK_INVALID', status: 403 });
    expect(await jobs.links(job)).toMatchObject([{ linkId: link.linkId, uses: 1 }]);
  });
});

describe('a snippet', () => {
  it('is kept, changed as it was read, run and removed', async () => {
    const { snippets } = bed.client();
    const made = await snippets.create({ name: 'sdk', language: 'python', code: 'print(1)' });
    const { snippetId } = made;
    const read = await snippets.get(snippetId);
    const input = { name: 'sdk', language: 'python', code: 'print(2)  ' } as const;
    const changed = await snippets.replace(snippetId, input, { ifMatch: read });
    expect(changed).toMatchObject({ version: 2, code: 'print(2)  ' });
    const late = snippets.replace(snippetId, input, { ifMatch: read });
    await expect(late).rejects.toMatchObject({ code: 'RESOURCE_CHANGED', status: 412 });
    const [found] = await snippets.list({ q: 'SDK' }).take(1);
    expect(found).toMatchObject({ snippetId, codeBytes: 10 });
    const { price } = usdcSpec();
    const job = await snippets.run(snippetId, { price }, { maxCost: usdc('0.105') });
    expect(job).toMatchObject({ name: 'sdk', workload: 'python' });
    const dear = snippets.run(snippetId, { price }, { maxCost: usdc('0.05') });
    await expect(dear).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    await snippets.delete(snippetId);
    await expect(snippets.get(snippetId)).rejects.toMatchObject({ code: 'SNIPPET_NOT_FOUND' });
  });
});
