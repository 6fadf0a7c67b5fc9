import { accountMethods } from './account-methods.ts';
import { blockMethods } from './block-methods.ts';
import { clusterMethods } from './cluster-methods.ts';
import { historyMethods } from './history-methods.ts';
import { localnetMethods } from './localnet-methods.ts';
import type { RpcMethods } from './rpc-handler.ts';
import { tokenMethods } from './token-methods.ts';
import { transactionMethods } from './transaction-methods.ts';

/** Every HTTP method this node answers. */
export const rpcMethods: RpcMethods = {
  ...clusterMethods,
  ...accountMethods,
  ...tokenMethods,
  ...transactionMethods,
  ...historyMethods,
  ...blockMethods,
  ...localnetMethods,
};
