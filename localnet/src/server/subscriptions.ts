import { writableKeys } from '../chain/transaction-record.ts';
import { matchesFilters, readAccountFilters } from '../rpc/account-filter.ts';
import { showAccount, showAccounts } from '../rpc/account-methods.ts';
import { atCommitment } from '../rpc/context-slot.ts';
import { readAccountFormat } from '../rpc/encode-account.ts';
import { stringifyJson } from '../rpc/json.ts';
import {
  readAddress,
  readArray,
  readCommitment,
  readConfig,
  readSignature,
} from '../rpc/params.ts';
import type { RpcCall, RpcContext } from '../rpc/rpc-handler.ts';
import type { Notification, OpenSubscription, Subscription } from './subscription.ts';

/** What can be subscribed to, by the method's name without `Subscribe`. */
export const subscriptionKinds: Readonly<Record<string, OpenSubscription>> = {
  account: openAccount,
  logs: openLogs,
  program: openProgram,
  root: openRoot,
  signature: openSignature,
  slot: openSlot,
};

function openSlot(context: RpcContext): Subscription {
  const { view } = context;
  return {
    commitment: 'processed',
    slot() {
      const slot = view.slotAt('processed');
      const root = view.slotAt('finalized');
      return { method: 'slotNotification', result: { slot, parent: Math.max(0, slot - 1), root } };
    },
  };
}

function openRoot(context: RpcContext): Subscription {
  let sent = context.view.slotAt('finalized');
  return {
    commitment: 'finalized',
    slot() {
      const root = context.view.slotAt('finalized');
      if (root === sent) return null;
      sent = root;
      return { method: 'rootNotification', result: root };
    },
  };
}

function openSignature(context: RpcContext, { params }: RpcCall): Subscription {
  const signature = readSignature(params[0]);
  const commitment = readCommitment(readConfig(params[1]));
  const check = (): Notification | null => {
    if (context.faults.isBlind('statuses')) return null;
    const record = context.view.transaction(signature, commitment);
    if (record === undefined) return null;
    const result = atCommitment(context, commitment, { err: record.err });
    return { method: 'signatureNotification', result, last: true };
  };
  return {
    commitment,
    start: check,
    // Also asked each slot, so that a subscriber learns of what landed while the node was blind.
    slot: check,
    transaction(record) {
      const found = record.wire.signature === signature ? check() : null;
      return found ? [found] : [];
    },
  };
}

function openAccount(context: RpcContext, { params }: RpcCall): Subscription {
  const address = readAddress(params[0]);
  const config = readConfig(params[1]);
  const shown = { commitment: readCommitment(config), format: readAccountFormat(config, 'binary') };
  const read = () => showAccount(context, address, shown);
  let sent = stringifyJson(read());
  return {
    commitment: shown.commitment,
    transaction(record) {
      if (!writableKeys(record).includes(address)) return [];
      const account = read();
      const text = stringifyJson(account);
      if (text === sent) return [];
      sent = text;
      const result = atCommitment(context, shown.commitment, account ?? absentAccount);
      return [{ method: 'accountNotification', result }];
    },
  };
}

/** A deleted account is shown as the empty account it has become, not as null. */
const absentAccount = {
  data: '',
  executable: false,
  lamports: 0,
  owner: '11111111111111111111111111111111',
  rentEpoch: 0,
  space: 0,
};

function openProgram(context: RpcContext, { params }: RpcCall): Subscription {
  const program = readAddress(params[0]);
  const config = readConfig(params[1]);
  const shown = { commitment: readCommitment(config), format: readAccountFormat(config, 'binary') };
  const filters = readAccountFilters(config['filters']);
  return {
    commitment: shown.commitment,
    transaction(record) {
      const accounts = writableKeys(record).flatMap((address) => {
        const account = context.view.account(address, shown.commitment);
        const fits = account?.owner === program && matchesFilters(account, filters);
        return fits ? [{ address, ...account }] : [];
      });
      return showAccounts(context, accounts, shown).map((value) => ({
        method: 'programNotification',
        result: atCommitment(context, shown.commitment, value),
      }));
    },
  };
}

function openLogs(context: RpcContext, { params }: RpcCall): Subscription {
  const commitment = readCommitment(readConfig(params[1]));
  const mentioned = readMentions(params[0]);
  return {
    commitment,
    transaction(record) {
      if (mentioned !== null && !record.keys.includes(mentioned)) return [];
      const value = { signature: record.wire.signature, err: record.err, logs: record.logs };
      return [{ method: 'logsNotification', result: atCommitment(context, commitment, value) }];
    },
  };
}

/** @returns null for all transactions; the protocol allows no more than one address. */
function readMentions(value: unknown): string | null {
  if (value === 'all' || value === 'allWithVotes') return null;
  const [mentioned] = readArray(readConfig(value)['mentions'], 'mentions', 1);
  return readAddress(mentioned);
}
