import type { ChainIdentity, PayoutStore } from '../payout-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

/** To which chain the database belongs. */
export function createSqliteChainIdentity(
  sqlite: SqliteDatabase,
): Pick<PayoutStore, 'rememberChain'> {
  return {
    rememberChain({ genesisHash, cluster }) {
      return sqlite.write((db) => {
        statement(
          db,
          'INSERT OR IGNORE INTO chain_identity (id, genesis_hash, cluster) VALUES (1, ?, ?)',
        ).run(genesisHash, cluster);
        const kept = statement<ChainIdentity>(
          db,
          'SELECT genesis_hash AS genesisHash, cluster FROM chain_identity',
        ).get();
        return kept ?? { genesisHash, cluster };
      });
    },
  };
}
