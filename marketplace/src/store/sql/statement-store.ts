import type { StatementKind } from '@node3/shared/routes/statements';
import type { StatementQuery, StatementStore } from '../statement-store.ts';
import type { Database } from './database.ts';
import { type EntryRecord, toEntry } from './ledger-entries.ts';

interface StatementRecord extends EntryRecord {
  payout_signature: string | null;
}

export function createStatementStore(database: Database): StatementStore {
  return {
    async statement(query) {
      const { accountId, beforeEntry, limit } = query;
      const values = { accountId, before: beforeEntry ?? Number.MAX_SAFE_INTEGER, limit };
      const records = await database.read((tx) => tx.all<StatementRecord>(selectOf(query), values));
      return records.map((record) => ({
        ...toEntry(record),
        kind: record.kind as StatementKind,
        payoutSignature: record.payout_signature,
      }));
    },
  };
}

/**
 * The newest entries of each asset and kind, and of those the newest: what is filtered out is never
 * read. Both words are of closed lists, and the API combines them in few ways.
 */
function selectOf({ assets, kinds }: Pick<StatementQuery, 'assets' | 'kinds'>): string {
  const parts = assets.flatMap((asset) =>
    kinds.map(
      (kind) => `SELECT * FROM (SELECT * FROM transfers
        WHERE account_id = @accountId AND asset = '${asset}' AND kind = '${kind}'
          AND entry < @before ORDER BY entry DESC LIMIT @limit) AS part`,
    ),
  );
  return `
    SELECT page.*, payouts.signature AS payout_signature
    FROM (${parts.join(' UNION ALL ')} ORDER BY entry DESC LIMIT @limit) AS page
      LEFT JOIN payouts ON payouts.payout_id = page.ref
    ORDER BY page.entry DESC`;
}
