import { createClient } from '@node3/shared/client';
import { expect, it } from 'vitest';
import { beginOwnLog, ownLog } from './log-source.ts';

const signal = new AbortController().signal;
const jobId = 'job_01M8DGNFBPFJ0A4QA98JQ0TGRX';
const first = { after: 0, until: 1_000 };

function startServer() {
  const asked: string[] = [];
  const client = createClient({
    baseUrl: 'http://node3.test',
    async fetch(url) {
      asked.push(url instanceof Request ? url.url : url.toString());
      return Response.json({ data: [], nextAfter: 0, lastSeq: 0, ended: true, removedAt: null });
    },
  });
  return { client, asked };
}

it('takes the lines that were asked for before, once', async () => {
  const { client, asked } = startServer();
  beginOwnLog(client, jobId, 1);
  expect(asked).toHaveLength(1);
  const log = ownLog(client, jobId);
  await log.page(first, signal);
  expect(asked).toHaveLength(1);
  await log.page(first, signal);
  expect(asked).toHaveLength(2);
});

it('asks by itself for other lines, and for those of another job', async () => {
  const { client, asked } = startServer();
  beginOwnLog(client, jobId, 700_000);
  expect(asked[0]).toContain('after=699000&until=700000');
  await ownLog(client, jobId).page(first, signal);
  beginOwnLog(client, jobId, 1);
  await ownLog(client, `${jobId.slice(0, -1)}Y`).page(first, signal);
  expect(asked).toHaveLength(4);
});
