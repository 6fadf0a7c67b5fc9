import type { ReplyOf, RouteContract } from '@node3/shared/contract';
import { getCaps, putAccountCaps, putKeyCaps } from '@node3/shared/routes/caps';
import { exportAgents } from '@node3/shared/routes/fleet';
import {
  exportUsage,
  getCustomerUsage,
  getUsage,
  getUsageLabels,
} from '@node3/shared/routes/usage';
import { expect } from 'vitest';

type Ask = <C extends RouteContract>(
  contract: C,
  apiKey: string | null,
  args?: object,
) => Promise<ReplyOf<C>>;

/** Asks every endpoint for usage and caps once, but for the file. */
export async function askUsage(
  ask: Ask,
  { requester, operator }: { requester: string; operator: string },
): Promise<void> {
  await ask(getUsage, requester, { query: { groupBy: 'day,key,gpu' } });
  await ask(getUsageLabels, requester);
  await ask(getCustomerUsage, operator, { query: { groupBy: 'account,gpu' } });
  const { key } = await ask(getCaps, requester);
  const narrow = { perJob: '1', perDay: '5' };
  const caps = { SOL: narrow, USDC: narrow };
  await ask(putKeyCaps, requester, { params: { keyId: key?.keyId }, body: { caps } });
  const open = { ...narrow, open: '5' };
  await ask(putAccountCaps, operator, { body: { caps: { SOL: open, USDC: open } } });
}

/** Asks for usage as a file, in both forms. @returns the endpoint. */
export async function askUsageFile(baseUrl: string, apiKey: string): Promise<string> {
  const { method, url } = exportUsage;
  const headers = { authorization: `Bearer ${apiKey}` };
  const ask = async (query: string) => {
    const answer = await fetch(`${baseUrl}${url}?${query}`, { headers });
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  // Many reads for one answer, and rows of nobody else.
  expect(await ask('from=2001-01-01&to=2002-12-31')).toEqual([
    200,
    'text/csv; charset=utf-8',
    'day,keyId,gpu,label,jobs,gpuMs,runMs,charged,asset\n',
  ]);
  const [status, type, text] = await ask('format=jsonl&groupBy=gpu');
  expect([status, type]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
  expect(String(text).split('\n').at(0)).toMatch(/^{"day":null,"keyId":null,"gpu":/);
  const [refused] = await ask('from=2026-02-30');
  expect(refused).toBe(422);
  return `${method} ${url}`;
}

/** Asks for the fleet as a file, in both forms. @returns the endpoint. */
export async function askFleetFile(baseUrl: string, apiKey: string): Promise<string> {
  const { method, url } = exportAgents;
  const headers = { authorization: `Bearer ${apiKey}` };
  const ask = async (query: string) => {
    const answer = await fetch(`${baseUrl}${url}?${query}`, { headers });
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  const [status, type, text] = await ask('sort=name');
  expect([status, type]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(String(text)).toMatch(/^agentId,name,status,.*\n"agt_/);
  const [, lines, one] = await ask('format=jsonl&status=online');
  expect(lines).toBe('application/x-ndjson; charset=utf-8');
  for (const line of String(one).trim().split('\n')) expect(line).toContain('"status":"online"');
  return `${method} ${url}`;
}
