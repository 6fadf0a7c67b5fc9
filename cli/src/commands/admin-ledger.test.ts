import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  folder = await mkdtemp(join(tmpdir(), 'node3-ledger-'));
  for (let i = 0; i < 3; i += 1) await openFundedAccount(market, { SOL: 5n, USDC: 1_500_000n });
});
afterEach(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<TestHost & { code: number }> {
  const env = { ADMIN_API_KEY: market.adminApiKey, NODE3_URL: market.url };
  const config = join(folder, 'config.json');
  const host = new TestHost({ argv: ['--config', config, 'admin', 'ledger', ...argv], env });
  const code = await runCli(host);
  return Object.assign(host, { code });
}

const file = () => join(folder, 'ledger.jsonl');
const linesOf = async () => (await readFile(file(), 'utf8')).trimEnd().split('\n');

describe('node3 admin ledger', () => {
  it('verifies the marketplace, whose chain does not answer here', async () => {
    const { code, out } = await run('verify');
    expect(code).toBe(0);
    expect(out).toMatch(/^ledger +verified\nentries +6\nhead +[0-9a-f]{64}\nreserves +unknown$/m);
    expect(out).toMatch(/in ledger +0\.000000015 SOL, 4\.5 USDC/);
  });

  it('exports everything, and goes on where the file ends', async () => {
    expect((await run('export', '--output', file())).code).toBe(0);
    expect(await linesOf()).toHaveLength(6);
    await openFundedAccount(market, { SOL: 7n });
    await appendFile(file(), '{"entry":7,"transf');
    expect((await run('export', '--output', file())).err).toContain('1 entries written');
    const { out } = await run('export', '--after', '0');
    expect(await readFile(file(), 'utf8')).toBe(out);
    const { code, out: verdict } = await run('verify', '--file', file());
    expect(code).toBe(0);
    const head = (JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as { hash: string }).hash;
    expect(verdict).toBe(`ledger   verified\nentries  7\nhead     ${head}\n`);
  });

  it('does not write behind something else', async () => {
    await writeFile(file(), 'my notes\n');
    const { code, err } = await run('export', '--output', file());
    expect(code).toBe(1);
    expect(err).toContain('does not end with an entry');
    expect(await readFile(file(), 'utf8')).toBe('my notes\n');
  });

  it.each<[string, (lines: string[]) => string[], number]>([
    ['an amount', (lines) => lines.with(2, change(lines[2], { amount: '6' })), 3],
    ['an account', (lines) => lines.with(3, change(lines[3], { credit: 'fee:revenue' })), 4],
    ['a time', (lines) => lines.with(1, change(lines[1], { at: '2026-01-01T00:00:00.000Z' })), 2],
    ['its order', (lines) => lines.toSpliced(1, 2, ...lines.slice(1, 3).toReversed()), 2],
    ['an entry that is gone', (lines) => lines.toSpliced(4, 1), 5],
    ['its beginning', (lines) => lines.slice(1), 1],
  ])('sees that a file differs in %s', async (_, edit, entry) => {
    await run('export', '--output', file());
    await writeFile(file(), `${edit(await linesOf()).join('\n')}\n`);
    const { code, out, err } = await run('verify', '--file', file());
    expect(code).toBe(1);
    expect(out).toMatch(/^ledger +does not add up/);
    expect(err.split('\n')[0]).toMatch(new RegExp(`^Entry ${entry}\\b`));
  });

  it('says what is no file and what is no ledger', async () => {
    expect((await run('verify', '--file', file())).code).toBe(2);
    await writeFile(file(), 'my notes\n');
    const { code, err } = await run('verify', '--file', file());
    expect(code).toBe(1);
    expect(err).toContain('Line 1 is no entry of a ledger.');
  });

  it('books no loss that no chain shows', async () => {
    const { code, err } = await run('write-off', '0.5', '--reason', 'stolen at night');
    expect(code).toBe(10);
    expect(err).toContain('error');
    expect((await run('write-off', '0.5')).code).toBe(2);
  });

  it('needs the operator key, except for a file', async () => {
    const stranger = new TestHost({
      argv: ['admin', 'ledger', 'verify'],
      env: { NODE3_URL: market.url },
    });
    expect(await runCli(stranger)).toBe(4);
  });
});

function change(line: string | undefined, fields: Record<string, string>): string {
  return JSON.stringify({ ...(JSON.parse(line ?? '') as object), ...fields });
}
