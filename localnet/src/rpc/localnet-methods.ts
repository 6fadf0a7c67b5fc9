import { parseFaultRule } from '../faults/parse-fault-rule.ts';
import { advanceSlotsMax, airdropUsdcMax, faultSlotsMax } from '../limits.ts';
import { readAddress, readAmount, readInteger } from './params.ts';
import type { RpcMethods } from './rpc-handler.ts';

/** Methods that no real cluster has; a client that gets an answer knows where it is. */
export const localnetMethods: RpcMethods = {
  localnet_info: (context) => context.info(),
  localnet_airdropUsdc(context, { params }) {
    const amount = readAmount(params[1], 'the amount', airdropUsdcMax);
    return context.faucet.mintUsdc(readAddress(params[0]), amount);
  },
  localnet_advanceSlots({ chain }, { params }) {
    const count = readInteger(params[0], 'the number of slots', { min: 1, max: advanceSlotsMax });
    for (let made = 0; made < count; made += 1) chain.advanceSlot();
    return chain.slot;
  },
  localnet_fork({ chain }, { params }) {
    const slots = readInteger(params[0], 'the slots', { min: 1, max: chain.lags.finalized });
    const dropped = chain.fork(slots);
    const range = { min: 1, max: faultSlotsMax };
    const again = params[1] ?? null;
    if (again !== null) {
      const later = readInteger(again, 'the slots until they land again', range);
      for (const { wire } of dropped) chain.landLater(wire, later);
    }
    return dropped.map(({ wire }) => wire.signature);
  },
  localnet_fault: ({ faults }, { params }) => ({ id: faults.add(parseFaultRule(params[0])).id }),
  localnet_faultRemove({ faults }, { params }) {
    return faults.remove(
      readInteger(params[0], 'the id', { min: 1, max: Number.MAX_SAFE_INTEGER }),
    );
  },
  localnet_faultClear({ faults }) {
    faults.clear();
    return true;
  },
};
