import { limits } from '@node3/shared/limits';
import { countLines, type LogBlock } from '@node3/shared/log-blocks';
import { silentLogger } from '@node3/shared/logger';
import { appendLogs } from '@node3/shared/routes/agents';
import { createJob, getJobLogs } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';
import { removeExpiredLogs } from '../workers/log-retention.ts';

let market: TestMarketplace;
beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

interface Written {
  text: string;
  stream?: 'stdout' | 'stderr' | 'system';
  atMs?: number;
  partial?: boolean;
}

/** A job under way, what it writes, and how its log is asked for. */
async function openJob() {
  const requester = await openFundedAccount(market);
  const agent = await registerTestAgent(market);
  const calls = testAgentCalls(agent.client);
  const { jobId } = await requester.client.call(createJob, { body: testJob() });
  const offer = await calls.offer();
  await calls.run(offer);
  let seqFirst = 1;
  return {
    jobId,
    client: requester.client,
    end: () => calls.report(offer),
    async write(...lines: Written[]) {
      const full = lines.map(({ text, stream = 'stdout', atMs = 1_000, partial = false }) => ({
        text,
        stream,
        atMs,
        partial,
      }));
      const body = { ...fenceOf(offer), seqFirst, lines: full };
      seqFirst += lines.length;
      const params = { executionId: offer.executionId };
      return agent.client.call(appendLogs, { params, body });
    },
    /** As an agent sends them that was told in `hello` that it may. */
    send: (first: number, ...blocks: LogBlock[]) =>
      agent.client.call(appendLogs, {
        params: { executionId: offer.executionId },
        body: { ...fenceOf(offer), seqFirst: first, blocks },
      }),
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${market.url}/api/v1/jobs/${jobId}/logs${path}`, {
        headers: { authorization: `Bearer ${requester.apiKey}`, ...headers },
      }),
  };
}

const textOf = async (answer: Promise<Response>) => (await answer).text();
const plain = { accept: 'text/plain' };
const events = { accept: 'text/event-stream' };

describe('a log as text', () => {
  it('is what the program wrote, by accept header or as a file, whole or in part', async () => {
    const job = await openJob();
    await job.write(
      { text: 'one', atMs: 1_000 },
      { text: 'two', stream: 'stderr', atMs: 2_000 },
      { text: 'thr', partial: true, atMs: 3_000 },
      { text: 'ee', atMs: 3_000 },
    );
    await job.write({ text: 'note', stream: 'system', atMs: 4_000 }, { text: 'five', atMs: 5_000 });
    const all = 'one\ntwo\nthree\nnote\nfive\n';
    expect(await textOf(job.get('', plain))).toBe(all);
    const file = await job.get('/download');
    expect(file.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${job.jobId}.log"`);
    expect(await file.text()).toBe(all);
    expect(await textOf(job.get('/download?stream=stdout,stderr'))).toBe('one\ntwo\nthree\nfive\n');
    expect(await textOf(job.get('/download?last=2'))).toBe('note\nfive\n');
    expect(await textOf(job.get('/download?last=2&stream=stdout'))).toBe('ee\nfive\n');
    expect(await textOf(job.get('/download?after=1&until=2'))).toBe('two\n');
    expect(await textOf(job.get('/download?since=1970-01-01T00:00:03.000Z&last=3'))).toBe(
      'ee\nnote\nfive\n',
    );
    expect(await textOf(job.get('/download?since=1970-01-01T00:00:02.500Z'))).toBe(
      'three\nnote\nfive\n',
    );
    expect(await textOf(job.get('/download?after=5&timestamps=true'))).toBe(
      '1970-01-01T00:00:05.000Z five\n',
    );
  });

  it('of somebody else does not exist, and a wrong question says what is wrong', async () => {
    const job = await openJob();
    const other = await openFundedAccount(market);
    const answer = await fetch(`${market.url}/api/v1/jobs/${job.jobId}/logs/download`, {
      headers: { authorization: `Bearer ${other.apiKey}` },
    });
    expect(answer.status).toBe(404);
    for (const [query, pointer] of [
      ['stream=stdin', '/stream'],
      ['since=2026-13-40', '/since'],
      ['since=yesterday', '/since'],
      ['last=-1', '/last'],
    ] as const) {
      const wrong = await job.get(`/download?${query}`);
      expect(wrong.status).toBe(422);
      expect(await wrong.json()).toMatchObject({ errors: [{ pointer }] });
    }
  });
});

describe('server-sent events', () => {
  it('follow a job to its end, and go on after the last id', async () => {
    const job = await openJob();
    await job.write({ text: 'a' }, { text: 'b' });
    const following = textOf(job.get('', { ...events, 'last-event-id': '1' }));
    await job.write({ text: 'c' });
    await job.end();
    const frames = (await following).split('\n\n').filter((frame) => frame !== '');
    expect(frames.map((frame) => frame.split('\n')[0])).toEqual(['id: 2', 'id: 3', 'event: end']);
    expect(frames[1]).toContain('"text":"c"');
    expect((await job.get('', { ...events, 'last-event-id': '3' })).status).toBe(204);
  });

  it('may be asked for what is there only', async () => {
    const job = await openJob();
    await job.write({ text: 'a' });
    const answer = await job.get('?follow=false', events);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await answer.text()).toMatch(/^id: 1\ndata: \{.*"text":"a".*\}\n\n$/);
  });
});

describe('what an agent sends', () => {
  it('is harmless when it is stored, colours kept, and cut where it is too long', async () => {
    const job = await openJob();
    await job.write(
      { text: '\u001b[31mred\u001b[0m\u001b]0;title\u0007 \u001b[2Jnot gone' },
      { text: '€'.repeat(limits.logLineBytes) },
    );
    const { data } = await job.client.call(getJobLogs, { params: { jobId: job.jobId }, query: {} });
    expect(data[0]?.text).toBe('\u001b[31mred\u001b[0m not gone');
    const cut = data[1]?.text ?? '';
    expect(cut.endsWith('€ [line cut off]')).toBe(true);
    expect(Buffer.byteLength(cut)).toBeLessThan(limits.logLineBytes + 20);
  });
});

const block = (text: string, stream: LogBlock['stream'] = 'stdout', atMs = 1_000): LogBlock => ({
  stream,
  atMs,
  lineCount: countLines(text),
  text,
});

describe('lines that come together', () => {
  it('are read by themselves or as text, and count once however often they are sent', async () => {
    const job = await openJob();
    const [out, err] = [block('a\n\n\\n "c"\r\nhal'), block('e\nf\n', 'stderr', 2_000)];
    expect(await job.send(1, out, err)).toEqual({ ackedSeq: 6 });
    expect(await job.send(3, block('x\nx\nx\nx\nf\u00fcnf\n'), err)).toEqual({ ackedSeq: 9 });
    expect(await job.send(11, err)).toEqual({ ackedSeq: 9 });
    const { data } = await job.client.call(getJobLogs, {
      params: { jobId: job.jobId },
      query: { after: 1, until: 8 },
    });
    const seen = data.map(({ seq, text, partial }) => [seq, text, partial]);
    expect(seen).toEqual([
      [2, '', false],
      [3, '\\n "c"\r', false],
      [4, 'hal', true],
      [5, 'e', false],
      [6, 'f', false],
      [7, 'f\u00fcnf', false],
      [8, 'e', false],
    ]);
    const all = 'a\n\n\\n "c"\r\nhal\ne\nf\nf\u00fcnf\ne\nf\n';
    expect(await textOf(job.get('/download'))).toBe(all);
    expect(await textOf(job.get('/download?after=5&until=7'))).toBe('f\nf\u00fcnf\n');
    expect(await textOf(job.get('/download?last=2&stream=stdout&timestamps=true'))).toBe(
      '1970-01-01T00:00:01.000Z half\u00fcnf\n',
    );
    const json = await textOf(job.get('?after=7', { accept: 'application/x-ndjson' }));
    expect(json.split('\n').flatMap((text) => (text ? [JSON.parse(text).text] : []))).toEqual([
      'e',
      'f',
    ]);
  });

  it('are harmless when they are stored, whatever an agent sends', async () => {
    const job = await openJob();
    const long = '€'.repeat(limits.logLineBytes);
    await job.send(1, block(`\u001b[2Jno\n${long}\n\u0000ok\n\u001b[`), block('\ud800\n'));
    const text = await textOf(job.get('/download'));
    const [first, cut = '', ...rest] = text.split('\n');
    expect([first, ...rest]).toEqual(['no', 'ok', '\ufffd', '']);
    expect(cut.endsWith('€ [line cut off]')).toBe(true);
    const page = await job.client.call(getJobLogs, { params: { jobId: job.jobId }, query: {} });
    expect(page.data.map(({ seq, partial }) => [seq, partial])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
      [5, false],
    ]);
  });

  it('are refused with another number of lines than they have, or with too many', async () => {
    const job = await openJob();
    const refused = async (pointer: string, ...blocks: LogBlock[]) =>
      expect(job.send(1, ...blocks)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        context: { errors: [expect.objectContaining({ pointer })] },
      });
    await refused('/blocks/1/lineCount', block('a\n'), { ...block('b\nc'), lineCount: 3 });
    await refused('/blocks/0/lineCount', { ...block('b\nc\n'), lineCount: 1 });
    await refused('/blocks', block('\n'.repeat(limits.logLinesPerBatch)), block('\n'));
    expect(await textOf(job.get('/download'))).toBe('');
  });
});

describe('pages', () => {
  it('end with a megabyte, and say whether they were the last one', async () => {
    const job = await openJob();
    const text = 'x'.repeat(limits.logLineBytes);
    const lines = Array.from({ length: 40 }, () => ({ text }));
    for (let batch = 0; batch < 3; batch += 1) await job.write(...lines);
    await job.end();
    const params = { jobId: job.jobId };
    const counts: number[] = [];
    let after = 0;
    for (let ended = false; !ended; ) {
      const page = await job.client.call(getJobLogs, { params, query: { after } });
      counts.push(page.data.length);
      ({ nextAfter: after, ended } = page);
    }
    expect(counts).toEqual([64, 56]);
    expect(await textOf(job.get('', plain))).toHaveLength(120 * (text.length + 1));
  });
});

describe('a downloaded log', () => {
  it('has the lines of a level, a word or an attempt, with colours or without', async () => {
    const job = await openJob();
    const red = '\u001b[31mERROR\u001b[0m Out of memory';
    await job.write({ text: 'INFO begin' }, { text: red }, { text: 'WARN memory is low' });
    await job.write({ text: 'failed to go on', stream: 'stderr' }, { text: 'half', partial: true });
    const get = (query: string) => textOf(job.get(`/download?${query}`));
    expect(await get('level=error')).toBe(`${red}\nfailed to go on\n`);
    expect(await get('q=MEMORY&format=text')).toBe('ERROR Out of memory\nWARN memory is low\n');
    expect(await get('q=error+out&level=error&format=text')).toBe('ERROR Out of memory\n');
    expect(await get('format=text&stream=stdout&after=2')).toBe('WARN memory is low\nhalf');
    expect(await get('attempt=2')).toBe('');
    const answer = await job.get('/download?format=ndjson&q=low&attempt=1');
    expect(answer.headers.get('content-disposition')).toContain('.ndjson');
    expect(JSON.parse((await answer.text()).trim())).toMatchObject({ seq: 3, attempt: 1 });
    expect((await job.get('/download?level=loud')).status).toBe(422);
    expect((await job.get(`/download?q=${'x'.repeat(201)}`)).status).toBe(422);
  });
});

describe('an old log', () => {
  it('is removed, and every form says so and when', async () => {
    const job = await openJob();
    const young = await openJob();
    await job.write({ text: 'a' });
    await job.write({ text: 'b' });
    await job.end();
    await young.write({ text: 'c' });
    const nowMs = Date.UTC(2100, 0, 1);
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const { store } = market;
    const deps = { store, clock, log: silentLogger, logRetentionMs: 60_000 };
    await removeExpiredLogs(deps, new AbortController().signal);
    const removedAt = '2100-01-01T00:00:00.000Z';
    const page = await job.client.call(getJobLogs, { params: { jobId: job.jobId }, query: {} });
    expect(page).toEqual({ data: [], nextAfter: 0, lastSeq: 2, ended: true, removedAt });
    expect(await textOf(job.get('/download'))).toBe(`[log removed at ${removedAt}]\n`);
    expect(await textOf(job.get('', events))).toContain(`"removedAt":"${removedAt}"`);
    expect(await textOf(job.get('', { accept: 'application/x-ndjson' }))).toContain(removedAt);
    expect(await textOf(young.get('/download'))).toBe('c\n');
  });
});
