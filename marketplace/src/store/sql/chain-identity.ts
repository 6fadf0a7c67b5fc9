import type { ChainIdentity, PayoutStore } from '../payout-store.ts';
import type { Database } from './database.ts';

/** To which chain the database belongs. */
export function createChainIdentity(database: Database): Pick<PayoutStore, 'rememberChain'> {
  return {
    rememberChain({ genesisHash, cluster }) {
      return database.write(function* (tx) {
        yield* tx.post(
          'INSERT INTO chain_identity (id, genesis_hash, cluster) VALUES (1, ?, ?) ON CONFLICT DO NOTHING',
          genesisHash,
          cluster,
        );
        const kept = yield* tx.get<ChainIdentity>(
          'SELECT genesis_hash AS "genesisHash", cluster FROM chain_identity',
        );
        return kept ?? { genesisHash, cluster };
      });
    },
  };
}
