import { createServer } from 'node:http';
import { type Profiler, Session } from 'node:inspector/promises';
import Database from 'better-sqlite3';

/**
 * Loaded into the marketplace's process by `--import`: counts its commits and takes CPU profiles,
 * and answers on the loopback port that the bench gave. The service itself knows nothing of it.
 */
const port = Number(process.env['NODE3_BENCH_PROBE_PORT']);
let commits = 0;
let session: Session | null = null;

type Prepare = (this: Database.Database, sql: string) => Database.Statement;

const prepare = Object.getOwnPropertyDescriptor(Database.prototype, 'prepare')?.value as Prepare;

function countCommits(this: Database.Database, sql: string): Database.Statement {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const run = statement.run.bind(statement);
  statement.run = (...values: unknown[]) => {
    commits += 1;
    return run(...values);
  };
  return statement;
}

Object.defineProperty(Database.prototype, 'prepare', { value: countCommits });

async function startProfile(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

async function stopProfile(): Promise<Profiler.Profile | null> {
  if (session === null) return null;
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = null;
  return profile;
}

async function answer(path: string): Promise<unknown> {
  if (path === '/profile/start') return startProfile();
  if (path === '/profile/stop') return stopProfile();
  return { commits, rssBytes: process.memoryUsage.rss() };
}

const server = createServer((request, response) => {
  void answer(request.url ?? '/').then((value) => response.end(JSON.stringify(value ?? null)));
});
server.listen(port, '127.0.0.1');
server.unref();
