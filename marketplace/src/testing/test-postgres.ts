import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { ResourceProbe } from '@node3/shared/testing/resources';
import { Client } from 'pg';

/** A PostgreSQL server of the test's own, in a scratch folder, reached by a socket in it. */
export interface TestPostgres {
  /** Makes a database, empty or as a copy of one that nobody uses now. @returns its `DATABASE_URL`. */
  createDatabase(copyOf?: string): Promise<string>;
  /** Ends all connections to it and removes it. */
  dropDatabase(url: string): Promise<void>;
  /** Where it listens. */
  socketPath: string;
  /** Runs one statement as the superuser in the database of `url`, or in none of the test's. */
  sql(text: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Ends the server: `fast` closes connections in order, `immediate` is as if it was killed. */
  halt(mode: 'fast' | 'immediate'): Promise<void>;
  /** Stops all of its processes where they are, as a machine does that hangs; or lets them go on. */
  freeze(how: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** Where Linux keeps files in memory: a database of a test takes a tenth of the time there. */
const memory = '/dev/shm';

/** Debian's place, besides PATH. */
const debianRoot = '/usr/lib/postgresql';

function findBinaries(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const debian = existsSync(debianRoot)
    ? readdirSync(debianRoot)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(debianRoot, version, 'bin'))
    : [];
  const has = (folder: string) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)));
  return [...onPath, ...debian].find(has) ?? null;
}

const binaries = findBinaries();

export const postgresProbe: ResourceProbe = {
  resource: 'postgres',
  missing: binaries === null ? `no initdb on PATH or under ${debianRoot}` : null,
};

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; its Debian user does it then. */
async function serverUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = await Promise.all([
    run('id', ['-u', 'postgres']),
    run('id', ['-g', 'postgres']),
  ]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/**
 * Starts a server whose databases sort by a language and not by bytes, so that a text without its
 * collation shows. It flushes as a real one does.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  if (binaries === null) throw new Error(`PostgreSQL is needed: ${postgresProbe.missing}`);
  const bin = binaries;
  const user = await serverUser();
  const folder = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), 'node3-pg-'));
  if (user !== null) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'node3', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await run(join(bin, 'initdb'), [...initdb, '--locale-provider=icu', '--icu-locale=en-US'], {
    ...user,
    cwd: folder,
  });
  let server = await startServer(bin, folder, user);
  let databases = 0;
  const urlOf = (name: string) =>
    `postgresql://node3@localhost/${name}?host=${encodeURIComponent(folder)}`;

  async function sql(text: string, url = urlOf('postgres')) {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async function halt(mode: 'fast' | 'immediate') {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  return {
    sql,
    halt,
    async freeze(how) {
      const { stdout } = await run('pgrep', ['-P', String(server.pid)]);
      // The first one makes the others: none comes after it has stopped.
      for (const pid of [server.pid, ...stdout.trim().split('\n').map(Number)]) {
        if (pid !== undefined) signal(pid, how);
      }
    },
    socketPath: join(folder, '.s.PGSQL.5432'),
    async createDatabase(copyOf) {
      databases += 1;
      const template = copyOf === undefined ? '' : ` TEMPLATE ${databaseName(copyOf)}`;
      await sql(`CREATE DATABASE test_${databases}${template}`);
      return urlOf(`test_${databases}`);
    },
    async dropDatabase(url) {
      await sql(`DROP DATABASE ${databaseName(url)} WITH (FORCE)`);
    },
    async start() {
      server = await startServer(bin, folder, user);
    },
    async stop() {
      await halt('immediate');
      await rm(folder, { recursive: true });
    },
  };
}

/** The database that a URL names. */
export function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}

const settings = {
  listen_addresses: '',
  max_connections: '200',
  shared_buffers: '32MB',
  logging_collector: 'off',
  // After a crash, one flush for all files instead of one for each.
  recovery_init_sync_method: 'syncfs',
};

/** One of its processes may have ended since it was looked for: a worker that cleans up comes and goes. */
function signal(pid: number, how: NodeJS.Signals): void {
  try {
    process.kill(pid, how);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function startServer(
  bin: string,
  folder: string,
  user: { uid: number; gid: number } | null,
): Promise<ChildProcess> {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', join(folder, 'data'), '-k', folder, ...options],
    {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });
  return server;
}
