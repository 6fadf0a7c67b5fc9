import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byteBlocksOf } from '../../testing/byte-blocks-of.ts';
import { sampleOffer } from '../../testing/sample-offer.ts';
import { SqliteJournal } from './sqlite-journal.ts';

let folder: string;
let journal: SqliteJournal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-journal-'));
  journal = new SqliteJournal({ path: join(folder, 'journal.sqlite'), newOwnerId: () => 'owner' });
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const line = { stream: 'stdout' as const, atMs: 1, text: 'a', partial: false };

function accepted(): string {
  const offer = sampleOffer();
  const { executionId } = offer;
  journal.recordOffer(offer, 1);
  journal.recordAccepted(executionId, { executionId, leaseUntilBootMs: 5, bootId: 'b' });
  return executionId;
}

it('keeps what an older one came to without its lines, unless its offer is large', () => {
  const closed = [1, 2, 3].map(() => {
    const executionId = accepted();
    journal.appendBlocks(executionId, byteBlocksOf([line]), { bytes: 2, truncated: false });
    journal.recordClosed(executionId, 'reported', 1);
    return executionId;
  });
  journal.prune({ keep: 9, whole: 1, offerBytesMax: 1_000_000 });
  expect(closed.map((id) => journal.tailLines(id, 9).length)).toEqual([0, 0, 1]);
  expect(journal.listRecent(9)).toHaveLength(3);
  journal.prune({ keep: 9, whole: 1, offerBytesMax: 10 });
  expect(journal.listRecent(9).map(({ executionId }) => executionId)).toEqual([closed[2]]);
});

it('is read page by page, newest first, by what fits', () => {
  const ids = [1, 2, 3, 4].map(() => accepted());
  const page = journal.listBefore(null, 2, () => true);
  expect(page.map(({ executionId }) => executionId)).toEqual([ids[3], ids[2]]);
  const rest = journal.listBefore(page[1]?.position ?? 0, 9, (row) => row.executionId !== ids[1]);
  expect(rest.map(({ executionId }) => executionId)).toEqual([ids[0]]);
});
