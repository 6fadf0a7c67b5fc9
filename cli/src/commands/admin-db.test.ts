import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

let folder: string;
let market: TestMarketplace | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-db-'));
});
afterEach(async () => {
  await market?.stop();
  market = null;
  await rm(folder, { recursive: true });
});

async function run(
  databaseUrl: string,
  command: string | { argv: string[]; env?: Record<string, string> },
) {
  const { argv, env = {} } = typeof command === 'string' ? { argv: [command] } : command;
  const config = join(folder, 'config.json');
  const host = new TestHost({
    argv: ['--config', config, 'admin', 'db', ...argv],
    env: { DATABASE_URL: databaseUrl, ...env },
    cwd: folder,
  });
  return { code: await runCli(host), out: host.out, err: host.err };
}

describe('node3 admin db', () => {
  it('tells what is pending without making a file, and migrates', async () => {
    const url = 'sqlite+aiosqlite:///./market.db';
    const before = await run(url, 'status');
    expect(before).toMatchObject({ code: 1, out: expect.stringContaining('initial-schema') });
    expect(existsSync(join(folder, 'market.db'))).toBe(false);
    const migrated = await run(url, 'migrate');
    expect(migrated).toMatchObject({ code: 0, err: expect.stringContaining('applied payouts') });
    const after = await run(url, 'status');
    expect(after).toMatchObject({ code: 0, out: expect.stringMatching(/pending +nothing/) });
    const again = await run(url, 'migrate');
    expect(again.err).not.toContain('applied');
  });

  it('says that a marketplace has the file open', async () => {
    market = await startTestMarketplace();
    const open = await run(join(market.folder, 'market.db'), 'status');
    expect(open).toMatchObject({
      code: 1,
      err: expect.stringContaining('Stop the marketplace first'),
    });
  });

  it('[12.09] backs up what runs and what does not, and restores it into an empty place', async () => {
    market = await startTestMarketplace();
    const env = { NODE3_URL: market.url, ADMIN_API_KEY: market.adminApiKey };
    const taken = await run('', { argv: ['backup', 'backup.db'], env });
    expect(taken).toMatchObject({
      code: 0,
      err: expect.stringMatching(/backup\.db: \d{5,} bytes/),
    });
    const again = await run('', { argv: ['backup', 'backup.db'], env });
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('new file') });
    const restored = await run('restored.db', { argv: ['restore', 'backup.db'] });
    expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('Payouts wait') });
    const direct = await run('restored.db', { argv: ['backup', 'second.db', '--direct'] });
    expect(direct).toMatchObject({ code: 0, err: expect.stringContaining('rows in') });
    const used = await run('restored.db', { argv: ['restore', 'second.db'] });
    expect(used).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
    const nowhere = await run('restored.db', { argv: ['copy', '--to', 'other.db'] });
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('only to PostgreSQL') });
  });

  it.each(['status', 'migrate'])('%s never shows the password of a server', async (command) => {
    const away = await run('postgresql://market:hunter2@127.0.0.1:1/market', command);
    expect(away.code).toBe(1);
    expect(away.err).toContain('ECONNREFUSED');
    const wrong = await run('mysql://market:hunter2@127.0.0.1:1/market', command);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('names "mysql"');
    for (const { out, err } of [away, wrong]) expect(out + err).not.toContain('hunter2');
  });
});
