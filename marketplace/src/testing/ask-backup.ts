import { downloadBackup } from '@node3/shared/routes/backup';
import type { TestMarketplace } from './test-marketplace.ts';

/** Its answer is bytes, and no JSON. @returns the endpoint, once it has given what it promises. */
export async function askBackup({ url, adminApiKey }: TestMarketplace): Promise<string> {
  const { method, url: path } = downloadBackup;
  const headers = { authorization: `Bearer ${adminApiKey}` };
  const answer = await fetch(url + path, { method, headers });
  const start = Buffer.from(await answer.arrayBuffer())
    .subarray(0, 15)
    .toString();
  if (start !== 'SQLite format 3') throw new Error(`${path}: ${start}`);
  return `${method} ${path}`;
}
