import { assert } from '@node3/shared/assert';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { Database } from 'better-sqlite3';
import type { RunDevice } from '../../economics/run-meter.ts';
import type {
  AppendFacts,
  Closing,
  DeviceTotals,
  Earning,
  Journal,
  JournalExecution,
  LeaseRecord,
  NewLine,
  RecordedEarning,
  SpooledLine,
} from '../journal.ts';
import { insertEarnings, readEarnings, readTotals } from './earning-tables.ts';
import { type ExecutionRow, type LineRow, toExecution, toLine } from './execution-row.ts';
import { migrate } from './migrations.ts';
import { openDatabase } from './open-database.ts';

export interface SqliteJournalOptions {
  path: string;
  /** Makes the installation id of a new journal. */
  newOwnerId(): string;
}

/** The journal in one SQLite file that this process alone has open. */
export class SqliteJournal implements Journal {
  readonly #db: Database;

  constructor(options: SqliteJournalOptions) {
    this.#db = openDatabase(options.path);
    migrate(this.#db);
    if (this.#setting('owner_id') === null) this.#saveSetting('owner_id', options.newOwnerId());
  }

  ownerId(): string {
    const ownerId = this.#setting('owner_id');
    assert(ownerId !== null, 'a journal has an owner id');
    return ownerId;
  }

  mode(): 'run' | 'pause' {
    return this.#setting('mode') === 'pause' ? 'pause' : 'run';
  }

  saveMode(mode: 'run' | 'pause'): void {
    this.#saveSetting('mode', mode);
  }

  claimId(): string | null {
    return this.#setting('claim_id');
  }

  saveClaim(claimId: string): void {
    this.#saveSetting('claim_id', claimId);
  }

  dropClaim(): void {
    this.#db.prepare(`DELETE FROM setting WHERE name = 'claim_id'`).run();
  }

  recordOffer(offer: ExecutionOffer, atMs: number): 'new' | 'known' {
    return this.#db
      .transaction(() => {
        this.dropClaim();
        const inserted = this.#db
          .prepare(
            `INSERT INTO execution (execution_id, offer, phase, offered_at_ms)
             VALUES (?, ?, 'offered', ?) ON CONFLICT (execution_id) DO NOTHING`,
          )
          .run(offer.executionId, JSON.stringify(offer), Math.round(atMs));
        return inserted.changes === 1 ? 'new' : 'known';
      })
      .immediate();
  }

  recordAccepted(executionId: string, lease: LeaseRecord): void {
    this.#db
      .transaction(() => {
        this.#change(executionId, `phase = 'accepted'`, `phase = 'offered' AND pending IS NULL`);
        this.recordLeases([lease]);
      })
      .immediate();
  }

  recordLeases(leases: readonly LeaseRecord[]): void {
    const update = this.#db.prepare(
      `UPDATE execution SET lease_until_boot_ms = ?, boot_id = ?
       WHERE execution_id = ? AND closed IS NULL`,
    );
    this.#db
      .transaction(() => {
        for (const lease of leases) {
          update.run(lease.leaseUntilBootMs, lease.bootId, lease.executionId);
        }
      })
      .immediate();
  }

  recordPreparing(executionId: string, executor: string, isolation: string): void {
    this.#change(
      executionId,
      `phase = 'preparing', executor = ?, isolation = ?`,
      `phase IN ('accepted', 'preparing') AND pending IS NULL`,
      [executor, isolation],
    );
  }

  recordPrepared(executionId: string, imageDigest: string | null): void {
    this.#change(executionId, 'image_digest = ?', `phase = 'preparing'`, [imageDigest]);
  }

  recordStarting(executionId: string): void {
    this.#change(executionId, `phase = 'starting'`, `phase = 'preparing' AND pending IS NULL`);
  }

  recordStarted(executionId: string, startedAtMs: number): void {
    const set = `phase = 'running', started_at_ms = ?`;
    this.#change(executionId, set, `phase IN ('starting', 'running')`, [Math.round(startedAtMs)]);
  }

  recordResult(
    executionId: string,
    result: ExecutionResult,
    atMs: number,
    devices: readonly RunDevice[] = [],
  ): void {
    this.#change(
      executionId,
      `phase = 'ended', result = ?, finished_at_ms = ?, run_devices = ?, pending = 'result'`,
      `phase <> 'ended' AND pending IS NULL`,
      [JSON.stringify(result), Math.round(atMs), JSON.stringify(devices)],
    );
  }

  recordRelease(executionId: string, atMs: number): void {
    this.#change(
      executionId,
      `phase = 'ended', finished_at_ms = ?, pending = 'release'`,
      `phase IN ('offered', 'accepted', 'preparing') AND pending IS NULL`,
      [Math.round(atMs)],
    );
  }

  recordClosed(
    executionId: string,
    closing: Closing,
    atMs: number,
    earnings: readonly Earning[] = [],
  ): void {
    this.#db
      .transaction(() => {
        this.#change(
          executionId,
          `phase = 'ended', pending = NULL, closed = ?,
           finished_at_ms = coalesce(finished_at_ms, ?), lines_acked = lines_spooled`,
          'closed IS NULL',
          [closing, Math.round(atMs)],
        );
        if (earnings.length > 0) insertEarnings(this.#db, earnings, Math.round(atMs));
      })
      .immediate();
  }

  deviceTotals(): DeviceTotals[] {
    return readTotals(this.#db);
  }

  listEarnings(count: number): RecordedEarning[] {
    return readEarnings(this.#db, count);
  }

  find(executionId: string): JournalExecution | null {
    const row = this.#db
      .prepare<[string], ExecutionRow>('SELECT * FROM execution WHERE execution_id = ?')
      .get(executionId);
    return row === undefined ? null : toExecution(row);
  }

  listOpen(): JournalExecution[] {
    const sql = 'SELECT * FROM execution WHERE closed IS NULL ORDER BY position';
    return this.#db.prepare<[], ExecutionRow>(sql).all().map(toExecution);
  }

  listRecent(count: number): JournalExecution[] {
    const sql = 'SELECT * FROM execution ORDER BY position DESC LIMIT ?';
    return this.#db.prepare<[number], ExecutionRow>(sql).all(count).map(toExecution);
  }

  appendLines(executionId: string, lines: readonly NewLine[], facts: AppendFacts): void {
    const insert = this.#db.prepare(
      `INSERT INTO log_line (execution_id, seq, stream, at_ms, text, partial)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#db
      .transaction(() => {
        const found = this.find(executionId);
        assert(found !== null, 'lines belong to a known execution');
        let seq = found.lines.spooled;
        for (const line of lines) {
          seq += 1;
          const partial = line.partial ? 1 : 0;
          insert.run(executionId, seq, line.stream, Math.round(line.atMs), line.text, partial);
        }
        this.#change(
          executionId,
          `lines_spooled = ?, lines_bytes = lines_bytes + ?,
           lines_truncated = max(lines_truncated, ?)`,
          'TRUE',
          [seq, facts.bytes, facts.truncated ? 1 : 0],
        );
      })
      .immediate();
  }

  readLines(executionId: string, afterSeq: number, count: number): SpooledLine[] {
    return this.#db
      .prepare<[string, number, number], LineRow>(
        'SELECT * FROM log_line WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?',
      )
      .all(executionId, afterSeq, count)
      .map(toLine);
  }

  ackLines(executionId: string, seq: number, keep: number): void {
    this.#db
      .transaction(() => {
        const set = 'lines_acked = max(lines_acked, min(lines_spooled, ?))';
        this.#change(executionId, set, 'TRUE', [seq]);
        this.#db
          .prepare('DELETE FROM log_line WHERE execution_id = ? AND seq <= ?')
          .run(executionId, seq - keep);
      })
      .immediate();
  }

  tailLines(executionId: string, count: number): SpooledLine[] {
    return this.#db
      .prepare<[string, number], LineRow>(
        'SELECT * FROM log_line WHERE execution_id = ? ORDER BY seq DESC LIMIT ?',
      )
      .all(executionId, count)
      .map(toLine)
      .toReversed();
  }

  prune(keep: number): void {
    this.#db
      .prepare(
        `DELETE FROM execution WHERE closed IS NOT NULL AND position NOT IN
           (SELECT position FROM execution ORDER BY position DESC LIMIT ?)`,
      )
      .run(keep);
  }

  close(): void {
    this.#db.close();
  }

  #change(executionId: string, set: string, where: string, values: unknown[] = []): void {
    const sql = `UPDATE execution SET ${set} WHERE execution_id = ? AND ${where}`;
    const { changes } = this.#db.prepare(sql).run(...values, executionId);
    assert(changes === 1, `journal step for ${executionId} is in order: ${set.slice(0, 40)}`);
  }

  #setting(name: string): string | null {
    const sql = 'SELECT value FROM setting WHERE name = ?';
    const row = this.#db.prepare<[string], { value: string }>(sql).get(name);
    return row?.value ?? null;
  }

  #saveSetting(name: string, value: string): void {
    this.#db
      .prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(name, value);
  }
}
