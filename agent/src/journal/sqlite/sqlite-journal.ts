import { assert } from '@node3/shared/assert';
import { linesOf } from '@node3/shared/log-blocks';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { Database, Statement } from 'better-sqlite3';
import type { RunDevice } from '../../economics/run-meter.ts';
import { type ByteBlock, describeBlocks, joinBytes, partsOf } from '../byte-blocks.ts';
import type {
  AppendFacts,
  Closing,
  DeviceTotals,
  Earning,
  Journal,
  JournalExecution,
  LeaseRecord,
  LinesMost,
  PlacedExecution,
  PruneLimits,
  RecordedEarning,
  SpooledBlock,
  SpooledLine,
} from '../journal.ts';
import { RecentSpool } from '../recent-spool.ts';
import { blocksAfter, takeBlocks, toSpooledLines } from '../spooled-lines.ts';
import {
  insertEarnings,
  readEarnings,
  readEarningsOf,
  readEarningsSince,
  readKnownSince,
  readTotals,
} from './earning-tables.ts';
import { type BatchRow, type ExecutionRow, toExecution, unpackBatch } from './execution-row.ts';
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
  readonly #prepared = new Map<string, Statement>();
  readonly #recent = new RecentSpool();

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
    this.#prepare(`DELETE FROM setting WHERE name = 'claim_id'`).run();
  }

  recordOffer(offer: ExecutionOffer, atMs: number): 'new' | 'known' {
    return this.#db
      .transaction(() => {
        this.dropClaim();
        const inserted = this.#prepare(
          `INSERT INTO execution (execution_id, offer, phase, offered_at_ms)
             VALUES (?, ?, 'offered', ?) ON CONFLICT (execution_id) DO NOTHING`,
        ).run(offer.executionId, JSON.stringify(offer), Math.round(atMs));
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
    const update = this.#prepare(
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
    this.#unflushed(() =>
      this.#change(
        executionId,
        `phase = 'preparing', executor = ?, isolation = ?`,
        `phase IN ('accepted', 'preparing') AND pending IS NULL`,
        [executor, isolation],
      ),
    );
  }

  recordPrepared(executionId: string, imageDigest: string | null): void {
    this.#unflushed(() =>
      this.#change(executionId, 'image_digest = ?', `phase = 'preparing'`, [imageDigest]),
    );
  }

  recordStarting(executionId: string, flush: 'now' | 'with the next'): void {
    const where = `phase = 'preparing' AND pending IS NULL`;
    const write = () => this.#change(executionId, `phase = 'starting'`, where);
    if (flush === 'now') write();
    else this.#unflushed(write);
  }

  recordStarted(executionId: string, startedAtMs: number): void {
    const set = `phase = 'running', started_at_ms = ?`;
    const where = `phase IN ('starting', 'running')`;
    this.#unflushed(() => this.#change(executionId, set, where, [Math.round(startedAtMs)]));
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
    this.#recent.forget(executionId);
  }

  deviceTotals(): DeviceTotals[] {
    return readTotals(this.#db);
  }

  listEarnings(count: number): RecordedEarning[] {
    return readEarnings(this.#db, count);
  }

  earningsSince(sinceMs: number): RecordedEarning[] {
    return readEarningsSince(this.#db, sinceMs);
  }

  earningsOf(executionId: string): RecordedEarning[] {
    return readEarningsOf(this.#db, executionId);
  }

  earningsKnownSinceMs(): number | null {
    return readKnownSince(this.#db);
  }

  find(executionId: string): JournalExecution | null {
    const row = this.#prepare<[string], ExecutionRow>(
      'SELECT * FROM execution WHERE execution_id = ?',
    ).get(executionId);
    return row === undefined ? null : toExecution(row);
  }

  listOpen(): JournalExecution[] {
    const sql = 'SELECT * FROM execution WHERE closed IS NULL ORDER BY position';
    return this.#prepare<[], ExecutionRow>(sql).all().map(toExecution);
  }

  listRecent(count: number): JournalExecution[] {
    const sql = 'SELECT * FROM execution ORDER BY position DESC LIMIT ?';
    return this.#prepare<[number], ExecutionRow>(sql).all(count).map(toExecution);
  }

  listBefore(
    before: number | null,
    count: number,
    fits: (execution: PlacedExecution) => boolean,
  ): PlacedExecution[] {
    const sql = 'SELECT * FROM execution WHERE position < ? ORDER BY position DESC';
    const rows = this.#prepare<[number], ExecutionRow>(sql);
    const found: PlacedExecution[] = [];
    for (const row of rows.iterate(before ?? Number.MAX_SAFE_INTEGER)) {
      const execution = { ...toExecution(row), position: row.position };
      if (fits(execution)) found.push(execution);
      if (found.length >= count) break;
    }
    return found;
  }

  appendBlocks(executionId: string, blocks: readonly ByteBlock[], facts: AppendFacts): void {
    const found = this.#prepare<[string], { seq: number }>(
      'SELECT lines_spooled AS seq FROM execution WHERE execution_id = ?',
    ).get(executionId);
    assert(found !== undefined, 'lines belong to a known execution');
    const write = () => this.#insertBlocks(executionId, found.seq, blocks, facts);
    if (found.seq === 0) write();
    else this.#unflushed(write);
    this.#recent.append(executionId, found.seq + 1, blocks);
  }

  #insertBlocks(
    executionId: string,
    seqBefore: number,
    blocks: readonly ByteBlock[],
    facts: AppendFacts,
  ): void {
    const read = facts.read ? JSON.stringify(facts.read) : null;
    const insert = this.#prepare(
      `INSERT INTO log_batch (execution_id, seq_first, seq_last, body, blocks, bytes)
         VALUES (?, ?, ?, '', ?, ?)`,
    );
    this.#db
      .transaction(() => {
        let seqLast = seqBefore;
        for (const part of partsOf(blocks)) {
          const seqFirst = seqLast + 1;
          seqLast += linesOf(part);
          insert.run(executionId, seqFirst, seqLast, describeBlocks(part), joinBytes(part));
        }
        this.#change(
          executionId,
          `lines_spooled = ?, lines_bytes = lines_bytes + ?,
           lines_truncated = max(lines_truncated, ?), lines_read = coalesce(?, lines_read)`,
          'TRUE',
          [seqLast, facts.bytes, facts.truncated ? 1 : 0, read],
        );
      })
      .immediate();
  }

  readBlocks(executionId: string, afterSeq: number, most: LinesMost = {}): SpooledBlock[] {
    const recent = this.#recent.after(executionId, afterSeq)?.map((block) => [block]);
    return takeBlocks(recent ?? this.#batchesAfter(executionId, afterSeq), afterSeq, most);
  }

  *#batchesAfter(executionId: string, afterSeq: number): Generator<SpooledBlock[]> {
    const batches = this.#prepare<[string, number], BatchRow>(
      `SELECT seq_first, seq_last, body, blocks, bytes FROM log_batch
         WHERE execution_id = ? AND seq_last > ? ORDER BY seq_last`,
    ).iterate(executionId, afterSeq);
    for (const batch of batches) yield unpackBatch(batch);
  }

  ackLines(executionId: string, seq: number, keep: number): void {
    this.#db
      .transaction(() => {
        const set = 'lines_acked = max(lines_acked, min(lines_spooled, ?))';
        this.#change(executionId, set, 'TRUE', [seq]);
        this.#dropLines(executionId, seq - keep);
      })
      .immediate();
    this.#recent.dropTo(executionId, seq - keep);
  }

  /** Deletes lines up to a number: whole batches, and the beginning of the one that has it. */
  #dropLines(executionId: string, seq: number): void {
    if (seq <= 0) return;
    this.#prepare('DELETE FROM log_batch WHERE execution_id = ? AND seq_last <= ?').run(
      executionId,
      seq,
    );
    const first = this.#prepare<[string], BatchRow>(
      `SELECT seq_first, seq_last, body, blocks, bytes FROM log_batch
         WHERE execution_id = ? ORDER BY seq_last LIMIT 1`,
    ).get(executionId);
    if (first === undefined || first.seq_first > seq) return;
    const kept = blocksAfter(unpackBatch(first), seq);
    this.#prepare(
      `UPDATE log_batch SET seq_first = ?, body = '', blocks = ?, bytes = ?
         WHERE execution_id = ? AND seq_last = ?`,
    ).run(seq + 1, describeBlocks(kept), joinBytes(kept), executionId, first.seq_last);
  }

  tailLines(executionId: string, count: number): SpooledLine[] {
    const batches = this.#prepare<[string], BatchRow>(
      `SELECT seq_first, seq_last, body, blocks, bytes FROM log_batch
         WHERE execution_id = ? ORDER BY seq_last DESC`,
    ).iterate(executionId);
    const found: SpooledLine[] = [];
    for (const batch of batches) {
      const lines = batch.seq_last - batch.seq_first + 1;
      const last = blocksAfter(unpackBatch(batch), batch.seq_last - Math.min(lines, count));
      found.push(...toSpooledLines(last).toReversed());
      if (found.length >= count) break;
    }
    return found.slice(0, count).toReversed();
  }

  prune({ keep, offerBytesMax, whole }: PruneLimits): void {
    const newest = 'SELECT position FROM execution ORDER BY position DESC LIMIT ?';
    this.#prepare(
      `DELETE FROM execution WHERE closed IS NOT NULL AND (position NOT IN (${newest})
         OR (position NOT IN (${newest}) AND octet_length(offer) > ?))`,
    ).run(keep, whole, offerBytesMax);
    this.#prepare(
      `DELETE FROM log_batch WHERE execution_id IN (
         SELECT execution_id FROM execution
         WHERE closed IS NOT NULL AND position NOT IN (${newest}))`,
    ).run(whole);
  }

  close(): void {
    this.#db.close();
  }

  /** Commits without a flush: the next commit's flush covers this one, since both are in one file. */
  #unflushed(write: () => void): void {
    this.#db.pragma('synchronous = NORMAL');
    try {
      write();
    } finally {
      this.#db.pragma('synchronous = FULL');
    }
  }

  #change(executionId: string, set: string, where: string, values: unknown[] = []): void {
    const sql = `UPDATE execution SET ${set} WHERE execution_id = ? AND ${where}`;
    const { changes } = this.#prepare(sql).run(...values, executionId);
    assert(changes === 1, `journal step for ${executionId} is in order: ${set.slice(0, 40)}`);
  }

  /** Each once: to prepare one costs more than to run it. */
  #prepare<Values extends unknown[], Row = unknown>(sql: string): Statement<Values, Row> {
    const prepared = this.#prepared.get(sql) ?? this.#db.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared as Statement<Values, Row>;
  }

  #setting(name: string): string | null {
    const sql = 'SELECT value FROM setting WHERE name = ?';
    const row = this.#prepare<[string], { value: string }>(sql).get(name);
    return row?.value ?? null;
  }

  #saveSetting(name: string, value: string): void {
    this.#prepare(
      'INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ).run(name, value);
  }
}
