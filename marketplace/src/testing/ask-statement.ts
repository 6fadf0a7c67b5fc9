import { exportStatement, StatementLine } from '@node3/shared/routes/statements';
import { Check } from 'typebox/value';
import { expect } from 'vitest';

/** Asks for a statement as a file, in both forms. @returns the endpoint. */
export async function askStatementFile(baseUrl: string, apiKey: string): Promise<string> {
  const { method, url } = exportStatement;
  const headers = { authorization: `Bearer ${apiKey}` };
  const ask = async (query: string) => {
    const answer = await fetch(`${baseUrl}${url}?${query}`, { headers });
    return {
      type: answer.headers.get('content-type'),
      lines: (await answer.text()).trim().split('\n'),
    };
  };
  const csv = await ask('');
  const jsonl = await ask('format=jsonl');
  expect([csv.type, jsonl.type]).toEqual([
    'text/csv; charset=utf-8',
    'application/x-ndjson; charset=utf-8',
  ]);
  expect(csv.lines[0]).toBe(
    'entry,at,kind,asset,amount,available,held,withdrawing,jobId,withdrawalId,signature',
  );
  expect(csv.lines.length).toBe(jsonl.lines.length + 1);
  expect(jsonl.lines.every((line) => Check(StatementLine, JSON.parse(line)))).toBe(true);
  return `${method} ${url}`;
}
