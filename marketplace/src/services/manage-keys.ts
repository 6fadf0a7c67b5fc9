import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { assets } from '@node3/shared/money';
import type { KeyCapsByAsset } from '@node3/shared/routes/caps';
import type { KeyView } from '@node3/shared/routes/keys';
import { toTimestamp } from '@node3/shared/schema';
import type { ApiKeyRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { createApiKey, isWorkingKey } from './api-key.ts';
import type { KeyHolders } from './key-holders.ts';
import type { KnownKeys } from './known-keys.ts';
import { type CapCaller, readKeyCaps } from './spending-caps.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
  keyHolders: Pick<KeyHolders, 'endKey' | 'expire'>;
  knownKeys: Pick<KnownKeys, 'forget'>;
}

export async function listKeys(deps: Deps, caller: CapCaller): Promise<{ data: KeyView[] }> {
  const owner = { kind: 'account' as const, accountId: caller.accountId };
  const rows = await deps.store.keysOf(owner, limits.listPageMax);
  const nowMs = deps.clock.nowMs();
  const data = rows
    .filter((row) => isWorkingKey(row, nowMs))
    .map(({ keyId, name, createdAtMs, expiresAtMs }) => ({
      keyId,
      name,
      createdAt: toTimestamp(createdAtMs),
      expiresAt: expiresAtMs === null ? null : toTimestamp(expiresAtMs),
      current: keyId === caller.keyId,
    }));
  return { data };
}

/** Adds a key to the caller's account. It is shown only here. */
export async function createKey(
  deps: Deps,
  caller: CapCaller,
  { name, keyCaps }: { name: string; keyCaps?: KeyCapsByAsset },
): Promise<{ keyId: string; apiKey: string }> {
  await assertUncapped(deps, caller);
  const owner = { kind: 'account' as const, accountId: caller.accountId };
  const caps = keyCaps === undefined ? null : readKeyCaps(keyCaps);
  const { apiKey, row } = createApiKey(deps.ids, owner, deps.clock.nowMs(), name);
  const facts = { by: caller.keyId ?? 'operator', capped: caps !== null };
  const events = [keyEvent('key.created', row, row.createdAtMs, facts)];
  await deps.store.addApiKey(row, { keysMax: limits.apiKeysPerOwner, caps, events });
  return { keyId: row.keyId, apiKey };
}

/** A key may always rotate itself: what it may do goes over to its successor, and no more. */
export async function rotateKey(deps: Deps, caller: CapCaller, keyId: string) {
  const row = await ownKey(deps, caller, keyId);
  if (keyId !== caller.keyId) await assertUncapped(deps, caller);
  return rotate(deps, row);
}

/** A key may always revoke itself. */
export async function revokeKey(deps: Deps, caller: CapCaller, keyId: string) {
  const row = await ownKey(deps, caller, keyId);
  if (keyId !== caller.keyId) await assertUncapped(deps, caller);
  const nowMs = deps.clock.nowMs();
  await deps.store.revokeApiKey(keyId, nowMs, [keyEvent('key.revoked', row, nowMs, {})]);
  deps.knownKeys.forget();
  deps.keyHolders.endKey(caller.accountId, keyId);
  return { keyId };
}

/** Gives an agent the successor of the key that it called with. */
export async function rotateAgentKey(deps: Deps, agentId: string, keyId: string) {
  const row = await deps.store.apiKey(keyId);
  const isOwn = row?.owner.kind === 'agent' && row.owner.agentId === agentId;
  if (!isOwn) throw new MarketError('KEY_NOT_FOUND', { keyId });
  return rotate(deps, row);
}

async function rotate(deps: Deps, old: ApiKeyRow) {
  const { keyId, owner, name } = old;
  const nowMs = deps.clock.nowMs();
  const { apiKey, row } = createApiKey(deps.ids, owner, nowMs, name);
  const expiresAtMs = nowMs + limits.keyOverlapMs;
  const next = { keyId: row.keyId, keyHash: row.keyHash };
  const events = [keyEvent('key.rotated', old, nowMs, { nextKeyId: row.keyId })];
  await deps.store.rotateApiKey({ keyId, next, expiresAtMs, nowMs, events });
  deps.knownKeys.forget();
  const ownerId = owner.kind === 'account' ? owner.accountId : owner.agentId;
  deps.keyHolders.expire(ownerId, keyId, expiresAtMs);
  return { keyId: row.keyId, apiKey, oldKeyExpiresAt: toTimestamp(expiresAtMs) };
}

function keyEvent(
  name: 'key.created' | 'key.revoked' | 'key.rotated',
  key: Pick<ApiKeyRow, 'keyId' | 'owner' | 'name'>,
  atMs: number,
  facts: NewEvent['data'],
): NewEvent {
  const { owner } = key;
  return {
    name,
    atMs,
    actor: owner.kind === 'agent' ? `agent:${owner.agentId}` : 'requester',
    accountId: owner.kind === 'account' ? owner.accountId : null,
    jobId: null,
    executionId: null,
    reason: null,
    data: { keyId: key.keyId, name: key.name, ...facts },
  };
}

async function ownKey(deps: Deps, caller: CapCaller, keyId: string): Promise<ApiKeyRow> {
  const row = await deps.store.apiKey(keyId);
  const isOwn = row?.owner.kind === 'account' && row.owner.accountId === caller.accountId;
  if (!isOwn) throw new MarketError('KEY_NOT_FOUND', { keyId });
  return row;
}

/** A key with caps was given away by its owner: it must not make what outlives it. */
export async function assertUncapped(
  deps: Pick<Deps, 'store'>,
  { keyId }: CapCaller,
): Promise<void> {
  if (keyId === null) return;
  const caps = await deps.store.caps(keyId);
  const isCapped = assets.some((asset) => Object.values(caps[asset]).some((cap) => cap !== null));
  if (!isCapped) return;
  const detail =
    'A key with spending caps can change no keys and no webhooks. Use one without, or the wallet.';
  throw new MarketError('AUTH_FORBIDDEN', { detail });
}
