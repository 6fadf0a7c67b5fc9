import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type AgentFacts, goTogether, type JobFacts, rankOf } from './match-market.ts';

/** Another way of giving an agent the first job that goes with it. */
export interface Matcher {
  add(job: JobFacts): void;
  /** Takes the job out; null when there is none. @returns its number. */
  claim(agent: AgentFacts): number | null;
  close(): void;
}

export function scanMatcher(): Matcher {
  const jobs: JobFacts[] = [];
  let isSorted = false;
  return {
    add(job) {
      jobs.push(job);
      isSorted = false;
    },
    claim(agent) {
      if (!isSorted) jobs.sort((a, b) => rankOf(a) - rankOf(b));
      isSorted = true;
      const at = jobs.findIndex((job) => goTogether(job, agent));
      return at < 0 ? null : (jobs.splice(at, 1)[0]?.number ?? null);
    },
    close: () => undefined,
  };
}

const schema = `
CREATE TABLE jobs (number INTEGER PRIMARY KEY, rank REAL, open INTEGER, vendor INTEGER, model INTEGER,
  gib INTEGER, capability REAL, gpus INTEGER, region INTEGER, arch INTEGER, label INTEGER, offer INTEGER);
CREATE INDEX jobs_by_model ON jobs (model, vendor, region, arch, rank) WHERE open = 1;`;

/** One conditional update over a table with an index for it, without any waiting for a disk. */
export function sqliteMatcher(): Matcher {
  const folder = mkdtempSync(join(tmpdir(), 'node3-match-'));
  const db = new Database(join(folder, 'match.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  db.exec(schema);
  const insert = db.prepare('INSERT INTO jobs VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const claim = db
    .prepare(`
    UPDATE jobs SET open = 0 WHERE number = (
      SELECT number FROM jobs WHERE open = 1 AND vendor IN (-1, @vendor) AND model IN (-1, @model)
        AND gib <= @gib AND capability <= @capability AND gpus <= @count AND region IN (-1, @region)
        AND arch IN (-1, @arch) AND (label = -1 OR (@labels >> label) & 1) AND offer >= @ask
      ORDER BY rank LIMIT 1)
    RETURNING number`)
    .pluck();
  db.exec('BEGIN');
  let isFilling = true;
  return {
    add(job) {
      const { number, vendor, model, gib, capability, count, region, arch, label, offer } = job;
      const rest = [vendor, model, gib, capability, count, region, arch, label, offer];
      insert.run(number, rankOf(job), ...rest);
    },
    claim(agent) {
      if (isFilling) db.exec('COMMIT; ANALYZE');
      isFilling = false;
      const number = claim.get(agent);
      return number === undefined ? null : Number(number);
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}
