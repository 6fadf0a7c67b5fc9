import type { Chain } from '../chain/chain.ts';
import type { NodeView } from '../chain/node-view.ts';
import type { Faucet } from '../faucet/faucet.ts';
import type { CallFaultRule } from '../faults/fault-rule.ts';
import type { Faults } from '../faults/faults.ts';
import type { LocalnetInfo } from '../localnet-info.ts';

/** What a method may touch: the node's view of the chain, its faults, and the faucet. */
export interface RpcContext {
  chain: Chain;
  view: NodeView;
  faults: Faults;
  faucet: Faucet;
  info(): LocalnetInfo;
}

export interface RpcCall {
  params: readonly unknown[];
  /** A fault that the method itself has to act out: only sends have such. */
  fault: CallFaultRule | null;
}

export type RpcHandler = (context: RpcContext, call: RpcCall) => unknown;
export type RpcMethods = Readonly<Record<string, RpcHandler>>;
