import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '@node3/marketplace/testing/test-postgres';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

describe.skipIf(mustSkip(postgresProbe))('node3 admin db on PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  async function run(databaseUrl: string, ...argv: string[]) {
    const env = { DATABASE_URL: databaseUrl };
    const config = '/nonexistent/config.json';
    const host = new TestHost({
      argv: ['--config', config, '--json', 'admin', 'db', ...argv],
      env,
    });
    return { code: await runCli(host), out: host.out, err: host.err };
  }

  it('migrates an empty database once, under the spelling of the seed', async () => {
    const url = (await server.createDatabase()).replace('postgresql:', 'postgresql+asyncpg:');
    const before = await run(url, 'status');
    expect(before.code).toBe(1);
    expect(JSON.parse(before.out)).toMatchObject({ version: 0 });
    expect((await run(url, 'migrate')).code).toBe(0);
    const after = await run(url, 'status');
    expect(after.code).toBe(0);
    expect(JSON.parse(after.out)).toMatchObject({ pending: [] });
  });

  it('says which database is not there', async () => {
    const url = (await server.createDatabase()).replace(/test_\d+/, 'nowhere');
    expect(await run(url, 'migrate')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/database .+nowhere.+ does not exist/),
    });
  });
});
