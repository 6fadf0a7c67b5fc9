import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresDatabase } from '@node3/marketplace/store/postgres/postgres-database';
import type { Database } from '@node3/marketplace/store/sql/database';
import { createSqlStore } from '@node3/marketplace/store/sql/sql-store';
import { SqliteDatabase } from '@node3/marketplace/store/sqlite/sqlite-database';
import { World } from '@node3/marketplace/store/testing/world';
import { startTestPostgres } from '@node3/marketplace/testing/test-postgres';
import { silentLogger } from '@node3/shared/logger';

/**
 * What the two engines of the store cost for the writes of a job: post, claim, start and result, 64
 * jobs in flight. `node scripts/bench/store-engines.ts [jobs]`
 */

const jobs = Number(process.argv[2] ?? 2_000);
const inFlight = 64;

interface Figures {
  engine: string;
  jobsPerSecond: number;
  cpuMsPerJob: number;
  jobsPerCommit: number;
  roundTripsPerJob: number | null;
}

async function measure(
  engine: string,
  database: Database & { roundTrips?: number },
): Promise<Figures> {
  const world = new World(createSqlStore(database));
  const accounts: string[] = [];
  const agents: string[] = [];
  for (let index = 0; index < 8; index += 1) {
    accounts.push(await world.openAccount(10n ** 12n));
    agents.push(await world.registerAgent());
  }
  async function live(index: number): Promise<void> {
    const execution = await world.lease(accounts[index % 8] ?? '', agents[index % 8] ?? '');
    await world.start(execution);
    await world.succeed(execution);
  }
  async function run(count: number): Promise<void> {
    let next = 0;
    const lane = async () => {
      while (next < count) {
        next += 1;
        await live(next);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  }
  await run(Math.min(jobs, 300));
  const before = { commits: database.commits, trips: database.roundTrips ?? 0 };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await run(jobs);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const trips = database.roundTrips === undefined ? null : database.roundTrips - before.trips;
  return {
    engine,
    jobsPerSecond: Math.round(jobs / seconds),
    cpuMsPerJob: (user + system) / 1_000 / jobs,
    jobsPerCommit: jobs / (database.commits - before.commits),
    roundTripsPerJob: trips === null ? null : trips / jobs,
  };
}

const onFatal = (error: unknown) => {
  throw error;
};

async function measureSqlite(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'node3-engines-'));
  const path = join(folder, 'market.db');
  const sqlite = new SqliteDatabase({ path, log: silentLogger, onFatal });
  try {
    return await measure('SQLite', sqlite);
  } finally {
    await sqlite.close();
    rmSync(folder, { recursive: true });
  }
}

async function measurePostgres(): Promise<Figures> {
  const server = await startTestPostgres();
  try {
    const url = await server.createDatabase();
    const postgres = await PostgresDatabase.open({ url, log: silentLogger, onFatal });
    try {
      return await measure('PostgreSQL', postgres);
    } finally {
      await postgres.close();
    }
  } finally {
    await server.stop();
  }
}

for (const figures of [await measureSqlite(), await measurePostgres()]) {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
