import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { baseUnits } from '@node3/shared/money';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyResult } from '../../execution/execution-result.ts';
import { byteBlocksOf } from '../../testing/byte-blocks-of.ts';
import { sampleOffer } from '../../testing/sample-offer.ts';
import type { Earning } from '../journal.ts';
import { toSpooledLines } from '../spooled-lines.ts';
import { JournalLockedError, openDatabase } from './open-database.ts';
import { SqliteJournal } from './sqlite-journal.ts';

let folder: string;
let path: string;
let journal: SqliteJournal;
let owners = 0;

const open = () =>
  new SqliteJournal({
    path,
    newOwnerId: () => {
      owners += 1;
      return `owner-${owners}`;
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-journal-'));
  path = join(folder, 'journal.sqlite');
  journal = open();
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const lease = (executionId: string) => ({ executionId, leaseUntilBootMs: 5, bootId: 'b' });
const result = emptyResult('exited', 'done', { isolation: null, imageDigest: null, logLines: 0 });
const line = (text: string) => ({ stream: 'stdout' as const, atMs: 1, text, partial: false });

function accepted(): string {
  const offer = sampleOffer();
  journal.recordOffer(offer, 1);
  journal.recordAccepted(offer.executionId, lease(offer.executionId));
  return offer.executionId;
}

describe('opening', () => {
  it('syncs every commit also when the file existed before', () => {
    journal.close();
    for (const _ of [1, 2]) {
      const db = openDatabase(path);
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      db.close();
    }
    journal = open();
  });

  it('keeps other agents out, and other users', () => {
    expect(() => open()).toThrow(JournalLockedError);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps its owner, mode and claim', () => {
    const ownerId = journal.ownerId();
    journal.saveMode('pause');
    journal.saveClaim('claim-1');
    journal.close();
    journal = open();
    expect([journal.ownerId(), journal.mode(), journal.claimId()]).toEqual([
      ownerId,
      'pause',
      'claim-1',
    ]);
  });
});

describe('an offer', () => {
  it('is stored with its spec and uses up the claim', () => {
    journal.saveClaim('claim-1');
    const offer = sampleOffer();
    expect(journal.recordOffer(offer, 7)).toBe('new');
    expect(journal.claimId()).toBeNull();
    expect(journal.find(offer.executionId)).toMatchObject({
      offer,
      phase: 'offered',
      closed: null,
    });
    expect(journal.recordOffer(offer, 8)).toBe('known');
    expect(journal.find(offer.executionId)?.offeredAtMs).toBe(7);
  });
});

describe('the steps of an execution', () => {
  it('go from the offer to the answer', () => {
    const executionId = accepted();
    journal.recordPreparing(executionId, 'docker', 'container: docker');
    journal.recordPrepared(executionId, 'image@sha256:1');
    journal.recordStarting(executionId, 'now');
    journal.recordStarted(executionId, 100.6);
    journal.recordResult(executionId, result, 200);
    expect(journal.find(executionId)).toMatchObject({
      phase: 'ended',
      executor: 'docker',
      imageDigest: 'image@sha256:1',
      startedAtMs: 101,
      finishedAtMs: 200,
      leaseUntilBootMs: 5,
      result,
      pending: 'result',
    });
    expect(journal.listOpen()).toHaveLength(1);
    journal.recordClosed(executionId, 'reported', 300);
    expect(journal.listOpen()).toEqual([]);
    expect(journal.listRecent(9)).toMatchObject([{ executionId, closed: 'reported' }]);
  });

  it('cost no flush before the start, and each write after those does', () => {
    const pragma = vi.spyOn(Database.prototype, 'pragma');
    const executionId = accepted();
    expect(pragma).not.toHaveBeenCalled();
    const unflushed = [['synchronous = NORMAL'], ['synchronous = FULL']];
    const steps = [
      () => journal.recordPreparing(executionId, 'docker', 'container'),
      () => journal.recordPrepared(executionId, null),
      () => journal.recordStarting(executionId, 'with the next'),
      () => journal.recordStarted(executionId, 1),
    ];
    for (const step of steps) {
      pragma.mockClear();
      step();
      expect(pragma.mock.calls).toEqual(unflushed);
    }
    pragma.mockClear();
    expect(() => journal.recordStarting(executionId, 'with the next')).toThrow(/in order/);
    expect(pragma.mock.calls).toEqual(unflushed);
    const other = accepted();
    journal.recordPreparing(other, 'docker', 'container');
    pragma.mockClear();
    journal.recordStarting(other, 'now');
    journal.appendBlocks(executionId, byteBlocksOf([line('a')]), { bytes: 2, truncated: false });
    expect(pragma).not.toHaveBeenCalled();
    pragma.mockRestore();
  });

  it('can start once only', () => {
    const executionId = accepted();
    expect(() => journal.recordStarting(executionId, 'now')).toThrow(/in order/);
    journal.recordPreparing(executionId, 'docker', 'container');
    journal.recordStarting(executionId, 'now');
    expect(() => journal.recordStarting(executionId, 'now')).toThrow(/in order/);
    expect(() => journal.recordPreparing(executionId, 'docker', 'container')).toThrow(/in order/);
  });

  it('has one result, and none after a release', () => {
    const executionId = accepted();
    journal.recordResult(executionId, result, 1);
    expect(() => journal.recordResult(executionId, result, 2)).toThrow(/in order/);
    const released = accepted();
    journal.recordRelease(released, 1);
    expect(() => journal.recordResult(released, result, 2)).toThrow(/in order/);
    expect(() => journal.recordPreparing(released, 'docker', 'x')).toThrow(/in order/);
  });

  it('can not be released once it may have started', () => {
    const executionId = accepted();
    journal.recordPreparing(executionId, 'docker', 'container');
    journal.recordStarting(executionId, 'now');
    expect(() => journal.recordRelease(executionId, 1)).toThrow(/in order/);
  });

  it('is closed once', () => {
    const executionId = accepted();
    journal.recordClosed(executionId, 'superseded', 1);
    expect(() => journal.recordClosed(executionId, 'reported', 2)).toThrow(/in order/);
  });
});

describe('log lines', () => {
  it('are counted through over batches and a restart, and kept until acknowledged', () => {
    const executionId = accepted();
    journal.appendBlocks(executionId, byteBlocksOf([line('a'), line('b')]), {
      bytes: 4,
      truncated: false,
    });
    journal.close();
    journal = open();
    journal.appendBlocks(executionId, byteBlocksOf([line('c')]), { bytes: 2, truncated: true });
    expect(
      toSpooledLines(journal.readBlocks(executionId, 1)).map(({ seq, text }) => [seq, text]),
    ).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(journal.find(executionId)?.lines).toEqual({
      spooled: 3,
      bytes: 6,
      acked: 0,
      truncated: true,
      read: null,
    });
    journal.ackLines(executionId, 2, 1);
    expect(journal.find(executionId)?.lines.acked).toBe(2);
    expect(journal.tailLines(executionId, 9).map(({ text }) => text)).toEqual(['b', 'c']);
  });

  it('are read, sent and kept from anywhere within a batch', () => {
    const executionId = accepted();
    const texts = 'abcdefghi'.split('');
    for (const at of [0, 3, 6]) {
      const lines = texts.slice(at, at + 3).map(line);
      journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 6, truncated: false });
    }
    const read = (after: number, count: number) =>
      toSpooledLines(journal.readBlocks(executionId, after, { linesMax: count })).map(
        ({ seq, text }) => `${seq}${text}`,
      );
    expect(read(1, 4)).toEqual(['2b', '3c', '4d', '5e']);
    journal.ackLines(executionId, 5, 1);
    expect(read(0, 9)).toEqual(['5e', '6f', '7g', '8h', '9i']);
    expect(journal.tailLines(executionId, 4).map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
    journal.ackLines(executionId, 8, 2);
    expect(read(0, 9)).toEqual(['7g', '8h', '9i']);
    journal.ackLines(executionId, 9, 0);
    expect(read(0, 9)).toEqual([]);
  });

  it('of a journal that had a row for each are read as before', () => {
    const executionId = accepted();
    journal.appendBlocks(executionId, byteBlocksOf([line('a'), line('b')]), {
      bytes: 4,
      truncated: false,
    });
    const before = toSpooledLines(journal.readBlocks(executionId, 0));
    journal.close();
    const db = openDatabase(path);
    db.exec(`
      CREATE TABLE log_line (
        execution_id TEXT NOT NULL REFERENCES execution (execution_id) ON DELETE CASCADE,
        seq INTEGER NOT NULL, stream TEXT NOT NULL, at_ms INTEGER NOT NULL, text TEXT NOT NULL,
        partial INTEGER NOT NULL, PRIMARY KEY (execution_id, seq)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO log_line SELECT execution_id, 1, 'stdout', 1, 'a', 0 FROM log_batch;
      INSERT INTO log_line SELECT execution_id, 2, 'stdout', 1, 'b', 0 FROM log_batch;
      DROP TABLE log_batch;
      ALTER TABLE execution DROP COLUMN lines_read;
      PRAGMA user_version = 2;
    `);
    db.close();
    journal = open();
    expect(toSpooledLines(journal.readBlocks(executionId, 0))).toEqual(before);
  });

  it('of a journal that had them as JSON are read as before', () => {
    const executionId = accepted();
    const lines = [line('a'), { ...line('b'), partial: true }, line('c')];
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 6, truncated: false });
    const before = toSpooledLines(journal.readBlocks(executionId, 0));
    journal.close();
    const db = openDatabase(path);
    db.exec(`
      ALTER TABLE log_batch DROP COLUMN blocks;
      ALTER TABLE log_batch DROP COLUMN bytes;
      ALTER TABLE log_batch RENAME COLUMN body TO lines;
      UPDATE log_batch SET
        lines = '[["stdout",1,"a",0],["stdout",1,"b",1],["stdout",1,"c",0]]';
      PRAGMA user_version = 4;
    `);
    db.close();
    journal = open();
    expect(toSpooledLines(journal.readBlocks(executionId, 0))).toEqual(before);
    journal.ackLines(executionId, 1, 0);
    expect(toSpooledLines(journal.readBlocks(executionId, 0))).toEqual(before.slice(1));
  });

  it('are written with the place up to which the output was read', () => {
    const executionId = accepted();
    const read = { stdout: { at: 8, pieces: 0 }, stderr: { at: 0, pieces: 2 } };
    journal.appendBlocks(executionId, byteBlocksOf([line('a')]), {
      bytes: 2,
      truncated: false,
      read,
    });
    journal.appendBlocks(executionId, byteBlocksOf([line('b')]), { bytes: 2, truncated: false });
    journal.close();
    journal = open();
    expect(journal.find(executionId)?.lines.read).toEqual(read);
  });

  it('can not be acknowledged beyond what exists, nor taken back', () => {
    const executionId = accepted();
    journal.appendBlocks(executionId, byteBlocksOf([line('a'), line('b')]), {
      bytes: 4,
      truncated: false,
    });
    journal.ackLines(executionId, 99, 9);
    journal.ackLines(executionId, 1, 9);
    expect(journal.find(executionId)?.lines.acked).toBe(2);
  });
});

describe('earnings', () => {
  const earning = (executionId: string, changes: Partial<Earning> = {}): Earning => ({
    executionId,
    jobId: 'job',
    deviceId: 'gpu-a',
    model: 'RTX',
    runMs: 1_800_000,
    asset: 'USDC',
    amount: baseUnits(500_000n),
    expected: baseUnits(600_000n),
    energyWh: 150,
    energyUsd: 0.03,
    ...changes,
  });
  function close(changes: Partial<Earning> = {}): string {
    const executionId = accepted();
    journal.recordClosed(executionId, 'reported', 7, [earning(executionId, changes)]);
    return executionId;
  }

  it('[5.20] are summed up by device, with the time that each sum is of, and outlive the process', () => {
    const first = close();
    const unknown = { energyWh: null, energyUsd: null, expected: null };
    const second = close({ asset: 'SOL', amount: baseUnits(2n ** 60n), ...unknown });
    close({ deviceId: 'gpu-b', amount: baseUnits(0n) });
    journal.close();
    journal = open();
    expect(journal.deviceTotals()).toMatchObject([
      {
        deviceId: 'gpu-a',
        model: 'RTX',
        sinceMs: 7,
        results: 2,
        runMs: 3_600_000,
        earned: { SOL: 2n ** 60n, USDC: 500_000n },
        expected: { SOL: 0n, USDC: 600_000n },
        expectedMs: 1_800_000,
        energyWh: 150,
        energyMs: 1_800_000,
        energyUsd: 0.03,
        netUsd: 0.47,
        netMs: 1_800_000,
      },
      { deviceId: 'gpu-b', results: 1, netUsd: -0.03 },
    ]);
    const latest = journal.listEarnings(2).map(({ executionId }) => executionId);
    expect(latest).toEqual([expect.any(String), second]);
    expect(journal.listEarnings(9).at(-1)).toEqual({ ...earning(first), atMs: 7 });
  });

  it('[5.20] are counted with the answer to their result, and never a second time', () => {
    const executionId = close();
    const again = [earning(executionId)];
    expect(() => journal.recordClosed(executionId, 'reported', 8, again)).toThrow(/in order/);
    expect(journal.deviceTotals()).toMatchObject([{ results: 1 }]);
    const open = accepted();
    const twice = [earning(open), earning(open)];
    expect(() => journal.recordClosed(open, 'reported', 8, twice)).toThrow(/UNIQUE/);
    expect(journal.find(open)?.closed).toBeNull();
    expect(journal.deviceTotals()).toMatchObject([{ results: 1 }]);
  });

  it('keep their totals when the rows of old results go', () => {
    const executionId = accepted();
    const many = Array.from({ length: limits.earningRowsMax + 5 }, (_, index) =>
      earning(executionId, { deviceId: `gpu-${index % 2}`, executionId: `${index}` }),
    );
    journal.recordClosed(executionId, 'reported', 7, many);
    expect(journal.listEarnings(limits.earningRowsMax + 5)).toHaveLength(limits.earningRowsMax);
    const results = journal.deviceTotals().map((totals) => totals.results);
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(limits.earningRowsMax + 5);
  });
});

describe('prune', () => {
  it('deletes old closed executions with their lines, never open ones', () => {
    const openOne = accepted();
    const closed = [1, 2, 3].map(() => {
      const executionId = accepted();
      journal.appendBlocks(executionId, byteBlocksOf([line('a')]), { bytes: 2, truncated: false });
      journal.recordClosed(executionId, 'reported', 1);
      return executionId;
    });
    journal.prune({ keep: 1, whole: 1, offerBytesMax: 1_000_000 });
    expect(journal.find(openOne)).not.toBeNull();
    expect(closed.map((executionId) => journal.find(executionId) !== null)).toEqual([
      false,
      false,
      true,
    ]);
    expect(journal.tailLines(closed[0] ?? '', 9)).toEqual([]);
  });
});
