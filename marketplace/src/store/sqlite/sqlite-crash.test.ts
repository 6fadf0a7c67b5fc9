import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../job-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { cancel, requeue } from '../testing/decisions.ts';
import { World } from '../testing/world.ts';
import { SqliteDatabase } from './sqlite-database.ts';

/** What callers had been told at a moment: all of it must be there after a crash at that moment. */
interface Acknowledged {
  jobs: Map<string, JobRow['state']>;
  results: string[];
}

interface Image {
  path: string;
  acknowledged: Acknowledged;
}

/**
 * `kill -9` leaves exactly the bytes that were written so far. So the files are copied at every
 * statement of a life full of changes, and each copy must open again with all that was promised.
 */
describe('a crash', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'node3-crash-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('between any two statements loses nothing that was acknowledged', async () => {
    const { images, commits } = await liveAndCopy(folder);
    expect(commits).toBeGreaterThan(5);
    expect(images.length).toBeGreaterThan(150);
    for (const image of images) await checkImage(image);
  }, 120_000);

  it('in the middle of writing a commit leaves all of it or nothing', async () => {
    const { images, path } = await liveAndCopy(folder);
    const sizeOfLog = (database: string) => statSync(`${database}-wal`).size;
    const after = sizeOfLog(path);
    // The last commit, not what is looked at after it.
    const last = images.findLast((image) => sizeOfLog(image.path) < after);
    if (last === undefined) throw new Error('the last commit made the log longer');
    const before = sizeOfLog(last.path);
    const outcomes = new Set<string>();
    for (let bytes = before; bytes <= after; bytes += 1_021) {
      const torn = { path: join(folder, 'torn.db'), acknowledged: last.acknowledged };
      copyDatabase(path, torn.path);
      truncateSync(`${torn.path}-wal`, bytes);
      outcomes.add((await checkImage(torn)).join());
    }
    copyDatabase(path, join(folder, 'whole.db'));
    const whole = await checkImage({ ...last, path: join(folder, 'whole.db') });
    expect(outcomes.size).toBeLessThanOrEqual(2);
    expect(outcomes.has(whole.join()) || outcomes.size === 1).toBe(true);
  }, 60_000);
});

async function liveAndCopy(folder: string) {
  const images: Image[] = [];
  const acknowledged: Acknowledged = { jobs: new Map(), results: [] };
  const path = join(folder, 'live.db');
  let copying = false;
  const copy = () => {
    if (!copying) return;
    const image = join(folder, `${images.length}.db`);
    copyDatabase(path, image);
    const { jobs, results } = acknowledged;
    images.push({ path: image, acknowledged: { jobs: new Map(jobs), results: [...results] } });
  };
  const sqlite = open(path, copy);
  const world = new World(createSqlStore(sqlite));
  const accounts = [await world.openAccount(9_000n), await world.openAccount(9_000n)];
  const agentId = await world.registerAgent();
  copying = true;
  for (const accountId of accounts) await liveOnce(world, accountId, agentId, acknowledged);
  copying = false;
  const final = join(folder, 'final.db');
  copyDatabase(path, final);
  const { commits } = sqlite;
  await sqlite.close();
  return { images, commits, path: final };
}

/** Everything that changes rows, several requests at once so that they share commits. */
async function liveOnce(world: World, accountId: string, agentId: string, told: Acknowledged) {
  const { store } = world;
  const note = ({ jobId, state }: JobRow) => void told.jobs.set(jobId, state);
  const noteResult = ({ job, execution }: JobSnapshot) => {
    note(job);
    told.results.push(execution?.executionId ?? '');
  };
  const jobs = await Promise.all([1, 2, 3].map(() => world.post(accountId)));
  jobs.forEach(note);
  const executions: ExecutionRow[] = [];
  for (const { jobId } of jobs) {
    const claimed = await store.claimJob(world.claim(jobId, agentId, [jobId]));
    if (claimed === null) throw new Error('a queued job can be claimed');
    note(claimed.job);
    executions.push(claimed.execution);
  }
  const [first, second, third] = executions;
  if (first === undefined || second === undefined || third === undefined) return;
  await Promise.all([
    world.start(first).then(({ job }) => note(job)),
    world.log(first, 1, ['one', 'two']),
    world.succeed(second).then(noteResult),
    store
      .changeJob(third.jobId, requeue(world.nowMs))
      .then((outcome) => outcome && note(outcome.job)),
  ]);
  const outcome = await store.changeJob(third.jobId, cancel(world.nowMs));
  if (outcome !== null) note(outcome.job);
  noteResult(await world.succeed(first));
}

/** How far along its life a state is: a crash may show a later state than the acknowledged one. */
const order = ['queued', 'assigned', 'running', 'succeeded', 'cancelled'];

async function checkImage({ path, acknowledged }: Image): Promise<string[]> {
  const sqlite = open(path);
  try {
    const store = createSqlStore(sqlite);
    expect(sqlite.readRaw((db) => db.pragma('quick_check', { simple: true }))).toBe('ok');
    expect(sqlite.readRaw((db) => db.pragma('foreign_key_check'))).toEqual([]);
    expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    await checkAcknowledged(store, acknowledged);
    const jobs = await store.listJobs({
      accountId: null,
      states: null,
      beforeJobId: null,
      limit: 99,
    });
    const live = await store.liveExecutions(null);
    const held = jobs.filter(({ state }) => state === 'assigned' || state === 'running');
    expect(live.map(({ jobId }) => jobId).toSorted()).toEqual(
      held.map(({ jobId }) => jobId).toSorted(),
    );
    await expect(store.checkWritable()).resolves.toBeUndefined();
    return jobs.map(({ jobId, state }) => `${jobId} ${state}`);
  } finally {
    await sqlite.close();
  }
}

async function checkAcknowledged(store: Store, { jobs, results }: Acknowledged): Promise<void> {
  for (const [jobId, state] of jobs) {
    const job = await store.job(jobId);
    expect(job, jobId).not.toBeNull();
    const requeued = job?.state === 'queued' && job.attempt === 1;
    if (!requeued)
      expect(order.indexOf(job?.state ?? '')).toBeGreaterThanOrEqual(order.indexOf(state));
  }
  for (const executionId of results) {
    const execution = await store.execution(executionId);
    expect(execution?.state).toBe('succeeded');
    expect(await store.payoutOfExecution(executionId)).not.toBeNull();
  }
}

/**
 * Closing any descriptor of a file drops all locks that this process has on it (POSIX), which does
 * no harm here: nobody else wants them.
 */
function copyDatabase(from: string, to: string): void {
  copyFileSync(from, to);
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`);
}

function open(path: string, onStatement?: () => void): SqliteDatabase {
  return new SqliteDatabase({
    path,
    log: silentLogger,
    onFatal: (error) => {
      throw error;
    },
    ...(onStatement === undefined ? {} : { onStatement }),
  });
}
