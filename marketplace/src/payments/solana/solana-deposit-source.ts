import { isMarketError } from '@node3/shared/error';
import { Type } from 'typebox';
import { type DepositSource, historyPageSize } from '../deposit-source.ts';
import { agreeOnTransaction } from './agreement.ts';
import { ask } from './chain-reads.ts';
import { readTransactionEach } from './chain-transaction.ts';
import { readReceived } from './deposit-reading.ts';
import { quorumOf, type RpcPool } from './rpc.ts';
import { RpcError } from './rpc-endpoint.ts';
import { usdcAccountOf } from './transaction-builder.ts';

const HistoryAnswer = Type.Array(
  Type.Object({
    signature: Type.String({ maxLength: 88 }),
    slot: Type.Integer({ minimum: 0 }),
    err: Type.Unknown(),
  }),
);

export interface SolanaDepositSourceDeps {
  rpc: RpcPool;
  treasury: string;
  usdcMint: string;
}

/** Deposits to the treasury's wallet and to its USDC account, read at `finalized` and nowhere else. */
export function createSolanaDepositSource(deps: SolanaDepositSourceDeps): DepositSource {
  const { rpc, treasury, usdcMint } = deps;
  const accounts = { treasury, usdcMint, usdcAccount: usdcAccountOf(usdcMint, treasury) };
  return {
    addresses: [treasury, accounts.usdcAccount],

    async history(address, { before, until, limit = historyPageSize }) {
      const found = await ask(rpc, HistoryAnswer, 'getSignaturesForAddress', [
        address,
        {
          limit,
          commitment: 'finalized',
          ...(before === null ? {} : { before }),
          ...(until === null ? {} : { until }),
        },
      ]);
      return found.map(({ signature, slot, err }) => ({ signature, slot, failed: err !== null }));
    },

    async read(signature) {
      const answers = await readTransactionEach(rpc, signature, 'finalized').catch(shownOrNull);
      // A deposit that only one of several nodes tells of may be its invention: it is set aside.
      const transaction = agreeOnTransaction(answers ?? [], quorumOf(rpc));
      if (transaction === null) return null;
      return {
        signature,
        slot: transaction.slot,
        failed: transaction.err !== null,
        received: readReceived(transaction, accounts),
        accounts: transaction.accounts,
        memos: transaction.memos,
      };
    },
  };
}

/** A node that answers and still shows nothing we can read: of a version from after our time. */
function shownOrNull(error: unknown): null {
  const answered = isMarketError(error, 'CHAIN_UNAVAILABLE') && error.context['answered'] === true;
  if (answered || error instanceof RpcError) return null;
  throw error;
}
