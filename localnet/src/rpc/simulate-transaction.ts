import { type StoredAccount } from '../chain/stored-account.ts';
import type { VmSimulation } from '../chain/vm.ts';
import { accountsPerCallMax, blockhashAgeMax } from '../limits.ts';
import { atCommitment } from './context-slot.ts';
import { decodeTransaction } from './decode-transaction.ts';
import { encodeAccount, readAccountFormat } from './encode-account.ts';
import { encodeInner, encodeReturnData } from './encode-transaction.ts';
import { loadedAccountsDataBytes } from './loaded-accounts-size.ts';
import { type RpcConfig, readAddress, readArray, readConfig } from './params.ts';
import { invalidParams } from './rpc-error.ts';
import type { RpcCall, RpcContext } from './rpc-handler.ts';
import { assertSigned, readSimulationCommitment, simulateAt } from './send-transaction.ts';

/** `simulateTransaction`: always against the present state, whatever commitment is asked for. */
export function simulateTransaction(context: RpcContext, { params }: RpcCall) {
  const config = readConfig(params[1]);
  const wire = decodeTransaction(params[0], config);
  const commitment = readSimulationCommitment(context, config);
  const replace = config['replaceRecentBlockhash'] === true;
  const verify = config['sigVerify'] === true;
  if (replace && verify) {
    throw invalidParams('sigVerify may not be used with replaceRecentBlockhash');
  }
  const simulation = simulateAt(context, wire, {
    commitment,
    signatures: verify ? 'verify' : 'trust',
    lifetime: replace ? 'ignore' : 'check',
  });
  assertSigned(simulation.err);
  const { err, logs, computeUnits, innerInstructions, returnData } = simulation;
  const slot = context.view.slotAt(commitment);
  return atCommitment(context, commitment, {
    err,
    logs,
    accounts: showAccountsAfter(context, config, simulation),
    unitsConsumed: computeUnits,
    returnData: returnData && encodeReturnData(returnData),
    innerInstructions:
      config['innerInstructions'] === true ? encodeInner(innerInstructions, null) : null,
    loadedAccountsDataSize: loadedAccountsDataBytes(context.chain, wire),
    replacementBlockhash: replace
      ? {
          blockhash: context.chain.blockhashes.hashOf(slot),
          lastValidBlockHeight: slot + blockhashAgeMax,
        }
      : null,
  });
}

/** The accounts the caller asked to see as they would be afterwards. */
function showAccountsAfter(context: RpcContext, config: RpcConfig, simulation: VmSimulation) {
  if (config['accounts'] === undefined || config['accounts'] === null) return null;
  const wanted = readConfig(config['accounts']);
  const addresses = readArray(wanted['addresses'], 'accounts.addresses', accountsPerCallMax);
  const format = readAccountFormat(wanted, 'base64');
  const after = new Map(simulation.accountsAfter.map((account) => [account.address, account]));
  const read = (address: string): StoredAccount | null =>
    after.get(address) ?? context.chain.vm.account(address);
  return addresses.map(readAddress).map((address) => {
    const account = simulation.err === null ? read(address) : null;
    return account === null || account.lamports === 0n
      ? null
      : encodeAccount(account, format, read);
  });
}
