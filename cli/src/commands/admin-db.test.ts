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

async function run(databaseUrl: string, ...argv: string[]) {
  const config = join(folder, 'config.json');
  const env = { DATABASE_URL: databaseUrl };
  const host = new TestHost({
    argv: ['--config', config, 'admin', 'db', ...argv],
    env,
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
