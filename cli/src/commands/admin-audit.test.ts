import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let market: TestMarketplace;
let folder: string;

beforeEach(async () => {
  market = await startTestMarketplace();
  folder = await mkdtemp(join(tmpdir(), 'node3-audit-'));
  for (let i = 0; i < 2; i += 1) await openFundedAccount(market);
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<TestHost & { code: number }> {
  const env = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url };
  const config = join(folder, 'config.json');
  const host = new TestHost({ argv: ['--config', config, 'admin', 'audit', ...argv], env });
  const code = await runCli(host);
  return Object.assign(host, { code });
}

const file = () => join(folder, 'audit.jsonl');
const linesOf = async () => (await readFile(file(), 'utf8')).trimEnd().split('\n');

function change(line: string | undefined, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(line ?? '{}') as object), ...changes });
}

describe('node3 admin audit', () => {
  it('[11.04] lists by what was done', async () => {
    const { code, out } = await run('list', '--action', 'key.created');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(out).toMatch(/key\.created\trequester\tkey_/);
    expect((await run('list', '--from', 'yesterday')).code).not.toBe(0);
  });

  it('verifies the marketplace', async () => {
    const { code, out } = await run('verify');
    expect(code).toBe(0);
    expect(out).toMatch(/^audit log +verified\nentries +6\nhead +6 [0-9a-f]{64}\n$/);
  });

  it('[11.04] exports what verifies without the marketplace, and never over a file', async () => {
    expect((await run('export', '--output', file())).err).toContain('6 entries written');
    const { code, out } = await run('verify', '--file', file());
    expect(code).toBe(0);
    expect(out).toContain('verified');
    expect((await run('export')).out).toBe(await readFile(file(), 'utf8'));
    expect((await run('export', '--output', file())).code).not.toBe(0);
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    [
      'a changed entry',
      (lines) => lines.with(2, change(lines[2], { actor: 'nobody' })),
      'Entry 2 does',
    ],
    ['a removed entry', (lines) => lines.toSpliced(3, 1), 'Entry 3 is missing'],
    ['an inserted entry', (lines) => lines.toSpliced(3, 0, lines[2] ?? ''), 'Entry 2 stands after'],
    ['a lost beginning', (lines) => lines.toSpliced(1, 2), 'Entries 1 to 2 are missing'],
    ['a lost end', (lines) => lines.slice(0, -2), 'broke off'],
    ['another beginning', (lines) => lines.with(0, '{"after":{"entry":0,"hash":"ff"}}'), 'Entry 1'],
  ])('sees %s in a file', async (_, edit, problem) => {
    await run('export', '--output', file());
    await writeFile(file(), `${edit(await linesOf()).join('\n')}\n`);
    const { code, err } = await run('verify', '--file', file());
    expect(code).toBe(1);
    expect(err).toContain(problem);
  });

  it('says what is no file and what is no audit log', async () => {
    expect((await run('verify', '--file', file())).code).toBe(2);
    await writeFile(file(), 'my notes\n');
    expect((await run('verify', '--file', file())).err).toContain('Line 1 is no entry');
  });
});
