import type { Commitment } from '../chain/commitment.ts';
import { type RpcConfig, readInteger } from './params.ts';
import { RpcError, rpcCode } from './rpc-error.ts';
import type { RpcContext } from './rpc-handler.ts';

const apiVersion = '4.3.0';

/** The envelope of answers that say which slot they describe. */
export function atCommitment<T>(context: RpcContext, commitment: Commitment, value: T) {
  return { context: { apiVersion, slot: context.view.slotAt(commitment) }, value };
}

/** Throws −32016 when this node hasn't reached the slot that the caller has already seen. */
export function assertContextSlot(
  context: RpcContext,
  config: RpcConfig,
  commitment: Commitment,
): void {
  if (config['minContextSlot'] === undefined || config['minContextSlot'] === null) return;
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const contextSlot = context.view.slotAt(commitment);
  if (readInteger(config['minContextSlot'], 'minContextSlot', range) <= contextSlot) return;
  throw new RpcError(
    rpcCode.minContextSlotNotReached,
    'Minimum context slot has not been reached',
    {
      data: { contextSlot },
    },
  );
}
