import { downloadJobLogs } from '@node3/shared/routes/jobs';
import { expect } from 'vitest';

/** Asks for the one answer that is text. @returns the endpoint. */
export async function askJobLogFile(baseUrl: string, apiKey: string, jobId: string) {
  const { method, url } = downloadJobLogs;
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(baseUrl + url.replace(':jobId', jobId), { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  await answer.text();
  return `${method} ${url}`;
}
