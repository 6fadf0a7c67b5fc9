import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import type { DataKeyRow, DataKeyStore } from '../store/data-key-store.ts';

/**
 * Keys for what is secret at rest. The operator's keys encrypt keys of ours, and those encrypt the
 * values: so a new operator's key means to encrypt a few keys again, and not every value.
 */
export interface Keyring {
  /** Of the key that new values are protected with; the others open old ones. */
  currentId: string;
  /** 32 bytes each, by id. */
  keys: ReadonlyMap<string, Buffer>;
}

export interface DataKey {
  keyId: string;
  key: Buffer;
}

/** The keys that values are sealed with: the first one for new values. */
export type DataKeys = readonly [DataKey, ...DataKey[]];

interface Deps {
  store: DataKeyStore;
  clock: Clock;
  log: Logger;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Opens the keys of this store; those that an older operator's key protects are protected with the
 * current one from now on, after which the older one is needed no more. Throws SERVICE_MISCONFIGURED
 * when one can't be opened.
 */
export async function openDataKeys(
  { store, clock, log }: Deps,
  keyring: Keyring,
): Promise<DataKeys> {
  // One for each operator's key, by its name: replicas that start together agree on it.
  const keyId = `d-${keyring.currentId}`;
  if (!(await store.dataKeys()).some((row) => row.keyId === keyId)) {
    const wrapping = wrap(keyring, keyId, randomBytes(32));
    await store.addDataKey({ ...wrapping, keyId, createdAtMs: clock.nowMs() });
  }
  const opened: DataKey[] = [];
  for (const row of await store.dataKeys()) {
    const key = unwrap(keyring, row);
    opened.push({ keyId: row.keyId, key });
    if (row.wrappedBy === keyring.currentId) continue;
    await store.rewrapDataKey(row.keyId, wrap(keyring, row.keyId, key));
    log.info({ keyId: row.keyId, from: row.wrappedBy, to: keyring.currentId }, 'key is rewrapped');
  }
  const current = opened.find((dataKey) => dataKey.keyId === keyId);
  assert(current !== undefined, 'the key of new values is stored');
  return [current, ...opened.filter((dataKey) => dataKey !== current)];
}

function wrap({ currentId, keys }: Keyring, keyId: string, key: Buffer) {
  const nonce = randomBytes(nonceBytes);
  const box = createCipheriv(cipher, keyOf(keys, currentId), nonce);
  box.setAAD(Buffer.from(`node3 data key ${keyId}`));
  const body = Buffer.concat([box.update(key), box.final()]);
  const wrapped = Buffer.concat([nonce, body, box.getAuthTag()]).toString('base64url');
  return { wrappedBy: currentId, wrapped };
}

function unwrap({ keys }: Keyring, { keyId, wrappedBy, wrapped }: DataKeyRow): Buffer {
  const bytes = Buffer.from(wrapped, 'base64url');
  const key = keyOf(keys, wrappedBy);
  try {
    const box = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes));
    box.setAAD(Buffer.from(`node3 data key ${keyId}`));
    box.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([box.update(bytes.subarray(nonceBytes, -tagBytes)), box.final()]);
  } catch (cause) {
    const detail = `The key "${wrappedBy}" of the keyring is another one than the store was written with.`;
    throw new MarketError('SERVICE_MISCONFIGURED', { detail }, { cause });
  }
}

function keyOf(keys: Keyring['keys'], id: string): Buffer {
  const key = keys.get(id);
  if (key !== undefined) return key;
  const detail = `Stored secrets need the key "${id}", which is not in the keyring (SECRET_KEYS_FILE); add its line again.`;
  throw new MarketError('SERVICE_MISCONFIGURED', { detail });
}
