import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@node3/shared/client';
import type { NewEvent } from '@node3/shared/events';
import { silentLogger } from '@node3/shared/logger';
import { downloadBackup } from '@node3/shared/routes/backup';
import { createJob } from '@node3/shared/routes/jobs';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../../testing/test-marketplace.ts';
import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import type { DatabaseAddress } from '../database-address.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { backUpDatabase, copyToPostgres, restoreDatabase } from './move-database.ts';
import { postgresSource } from './postgres-rows.ts';
import type { RowSource } from './row-flow.ts';
import { sqliteSource } from './sqlite-rows.ts';

const nowMs = 1_800_000_000_000;
/** The next event of a history: it needs the next number. */
const oneMore: NewEvent = {
  name: 'account.created',
  atMs: nowMs,
  actor: 'requester',
  accountId: null,
  jobId: null,
  executionId: null,
  reason: null,
  data: {},
};

function open(address: DatabaseAddress): Promise<Store> {
  return openStore(address, {
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
}

/** Everything in it, in an order that both engines agree about. */
async function contentOf(source: RowSource): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const table of source.columns.keys()) {
    if (/^(schema_migrations|writer_commits|.*_leases?|replicas|agent_homes)$/.test(table))
      continue;
    const lines: string[] = [];
    for await (const rows of source.rows(table)) lines.push(...rows.map(lineOf));
    content[table] = lines.toSorted();
  }
  await source.close();
  return content;
}

function lineOf(row: readonly unknown[]): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value;
  });
}

/** Jobs in several states, with money, logs and events. */
async function liveIn(market: TestMarketplace): Promise<void> {
  const { client } = await openFundedAccount(market);
  for (let job = 0; job < 6; job += 1) await client.call(createJob, { body: testJob() });
  const agent = testAgentCalls((await registerTestAgent(market)).client);
  const first = await agent.offer();
  await agent.run(first);
  await agent.run(await agent.offer());
  await agent.report(first);
}

describe('a backup', () => {
  it('[12.09] is taken while everything goes on, and restored it adds up and pays nobody yet', async () => {
    const market = await startTestMarketplace();
    const folder = await mkdtemp(join(tmpdir(), 'node3-backup-'));
    try {
      await liveIn(market);
      const { client } = await openFundedAccount(market);
      const enough = new AbortController();
      const posting = (async () => {
        while (!enough.signal.aborted) await client.call(createJob, { body: testJob() });
      })();
      const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
      const chunks: Uint8Array[] = [];
      for await (const chunk of operator.bytes(downloadBackup, {})) chunks.push(chunk);
      enough.abort();
      await posting;
      const file = join(folder, 'backup.db');
      await writeFile(file, Buffer.concat(chunks));
      const to = { engine: 'sqlite', path: join(folder, 'restored.db') } as const;
      await restoreDatabase(file, to, nowMs);
      const store = await open(to);
      expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
      expect(await store.restoredAtMs()).toBe(nowMs);
      await store.close();
      // What is there already is never written over.
      await expect(restoreDatabase(file, to, nowMs)).rejects.toThrow('exists already');
      await expect(backUpDatabase(to, file)).rejects.toThrow('exists already');
    } finally {
      await market.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('that is damaged is not restored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node3-backup-'));
    const file = join(folder, 'backup.db');
    await writeFile(file, 'SQLite format 3\0 and then nothing of the kind');
    const to = { engine: 'sqlite', path: join(folder, 'restored.db') } as const;
    await expect(restoreDatabase(file, to, nowMs)).rejects.toThrow();
    await writeFile(file, '');
    await expect(restoreDatabase(file, to, nowMs)).rejects.toThrow('it is empty');
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(mustSkip(postgresProbe))('a marketplace that moves to PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  it('has everything there, goes on, and gives a backup that fits SQLite again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node3-move-'));
    const market = await startTestMarketplace({ folder });
    await liveIn(market);
    await market.stop();
    const from = { engine: 'sqlite', path: join(folder, 'market.db') } as const;
    const to = { engine: 'postgres', url: await server.createDatabase() } as const;
    const { keptAs, tables } = await copyToPostgres(from, to, nowMs);
    expect(tables).toMatchObject({ jobs: 6, executions: 2 });
    const before = await contentOf(sqliteSource(keptAs));
    expect(await contentOf(await postgresSource(to.url))).toEqual(before);

    const store = await open(to);
    expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    expect(await store.restoredAtMs()).toBeNull();
    expect(await store.countJobs()).toMatchObject({ queued: 4, running: 1, succeeded: 1 });
    const lastSeq = await store.lastEventSeq();
    await store.postTransfers([], [oneMore], nowMs);
    expect(await store.lastEventSeq()).toBe(lastSeq + 1);
    await expect(copyToPostgres({ ...from, path: keptAs }, to, nowMs)).rejects.toThrow('in use');

    const file = join(folder, 'backup.db');
    await store.backUp(file);
    await expect(store.backUp(file)).rejects.toThrow('exists already');
    await store.close();
    const restored = { engine: 'sqlite', path: join(folder, 'restored.db') } as const;
    await restoreDatabase(file, restored, nowMs);
    const again = await open(restored);
    expect(await again.verifyLedger()).toEqual({ balanced: true, problems: [] });
    expect(await again.restoredAtMs()).toBe(nowMs);
    await again.close();
    await rm(folder, { recursive: true });
  });
});
