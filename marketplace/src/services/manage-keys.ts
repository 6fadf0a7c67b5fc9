import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import type { AccountScope } from '@node3/shared/key-scopes';
import { limits } from '@node3/shared/limits';
import { type Asset, assets } from '@node3/shared/money';
import type { createKey as createContract, KeyView } from '@node3/shared/routes/keys';
import { toTimestamp } from '@node3/shared/schema';
import type { Caps } from '../domain/spending-caps.ts';
import type { ApiKeyRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { createApiKey, isWorkingKey } from './api-key.ts';
import { assertWithin, type KeyCaller } from './key-caller.ts';
import type { KeyHolders } from './key-holders.ts';
import type { KnownKeys } from './known-keys.ts';
import { type CapCaller, readKeyCaps, viewKeyCaps } from './spending-caps.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
  keyHolders: Pick<KeyHolders, 'endKey' | 'expire'>;
  knownKeys: Pick<KnownKeys, 'forget'>;
}

export async function listKeys(
  deps: Pick<Deps, 'store' | 'clock'>,
  caller: CapCaller,
): Promise<{ data: KeyView[] }> {
  const owner = { kind: 'account' as const, accountId: caller.accountId };
  const [rows, capsOf] = await Promise.all([
    deps.store.keysOf(owner, limits.listPageMax),
    deps.store.capsOfKeys(caller.accountId),
  ]);
  const nowMs = deps.clock.nowMs();
  const data = rows
    .filter((row) => isWorkingKey(row, nowMs))
    .map(({ keyId, name, scopes, createdAtMs, expiresAtMs, lastUsedAtMs }) => ({
      keyId,
      name,
      scopes,
      createdAt: toTimestamp(createdAtMs),
      expiresAt: toTimestampOrNull(expiresAtMs),
      lastUsedAt: toTimestampOrNull(lastUsedAtMs),
      current: keyId === caller.keyId,
      caps: viewAnyCaps(capsOf.get(keyId)),
    }));
  return { data };
}

/** null: none is set, however the store has it. */
function viewAnyCaps(caps: Record<Asset, Caps> | undefined): KeyView['caps'] {
  return caps === undefined || !hasCaps(caps) ? null : viewKeyCaps(caps);
}

/** Adds a key to the caller's account. It is shown only here. */
export async function createKey(
  deps: Deps,
  caller: KeyCaller,
  { name, keyCaps, ...wanted }: BodyOf<typeof createContract>,
): Promise<{ keyId: string; apiKey: string }> {
  await assertUncapped(deps, caller);
  const nowMs = deps.clock.nowMs();
  const scopes = wanted.scopes ?? scopesLike(caller.scopes);
  const endsAtMs = readEnd(wanted.expiresAt, nowMs);
  await assertWithin(deps.store, caller, { scopes, endsAtMs });
  const owner = { kind: 'account' as const, accountId: caller.accountId };
  const caps = keyCaps === undefined ? null : readKeyCaps(keyCaps);
  const { apiKey, row } = createApiKey(deps.ids, owner, nowMs, { name, scopes, endsAtMs });
  const facts = {
    by: caller.keyId ?? 'operator',
    capped: caps !== null,
    scopes: scopes?.join(' ') ?? null,
  };
  const events = [keyEvent('key.created', row, row.createdAtMs, facts)];
  await deps.store.addApiKey(row, { keysMax: limits.apiKeysPerOwner, caps, events });
  return { keyId: row.keyId, apiKey };
}

/** A key may always rotate itself: what it may do goes over to its successor, and no more. */
export async function rotateKey(
  deps: Deps,
  caller: KeyCaller,
  { keyId, overlapMs }: { keyId: string; overlapMs: number },
) {
  const row = await ownKey(deps, caller, keyId);
  // Two that have the caps of one could each spend up to them.
  return rotate(deps, row, (await isCapped(deps, keyId)) ? 0 : overlapMs);
}

/** A key may always revoke itself. */
export async function revokeKey(deps: Deps, caller: KeyCaller, keyId: string) {
  const row = await ownKey(deps, caller, keyId);
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
  return rotate(deps, row, limits.keyOverlapMs);
}

async function rotate(deps: Deps, old: ApiKeyRow, overlapMs: number) {
  const { keyId, owner } = old;
  const nowMs = deps.clock.nowMs();
  const { apiKey, row } = createApiKey(deps.ids, owner, nowMs);
  const expiresAtMs = nowMs + overlapMs;
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

/** A key that the caller may replace or end: itself, or one that may do no more than itself. */
async function ownKey(deps: Deps, caller: KeyCaller, keyId: string): Promise<ApiKeyRow> {
  const row = await deps.store.apiKey(keyId);
  const isOwn = row?.owner.kind === 'account' && row.owner.accountId === caller.accountId;
  if (!isOwn || row.kind === 'session') throw new MarketError('KEY_NOT_FOUND', { keyId });
  if (keyId === caller.keyId) return row;
  await assertUncapped(deps, caller);
  await assertWithin(deps.store, caller, row);
  return row;
}

/** Those of its maker, except that to operate has to be asked for. */
function scopesLike(scopes: KeyCaller['scopes']): AccountScope[] | null {
  const given = scopes?.filter((scope) => scope !== 'operator') ?? [];
  if (scopes === null || given.length > 0) return scopes === null ? null : given;
  return [...scopes];
}

function readEnd(expiresAt: string | undefined, nowMs: number): number | null {
  if (expiresAt === undefined) return null;
  const endsAtMs = Date.parse(expiresAt);
  if (endsAtMs > nowMs) return endsAtMs;
  const errors = [{ pointer: '/expiresAt', detail: 'must be a moment in the future' }];
  throw new MarketError('REQUEST_INVALID', { detail: 'The key would have ended already.', errors });
}

const toTimestampOrNull = (ms: number | null) => (ms === null ? null : toTimestamp(ms));

/** A key with caps was given away by its owner: it must not make what outlives it. */
export async function assertUncapped(
  deps: Pick<Deps, 'store'>,
  { keyId }: CapCaller,
): Promise<void> {
  if (keyId === null || !(await isCapped(deps, keyId))) return;
  const detail =
    'A key with spending caps can change no keys and no webhooks. Use one without, or the wallet.';
  throw new MarketError('AUTH_FORBIDDEN', { detail });
}

async function isCapped({ store }: Pick<Deps, 'store'>, keyId: string): Promise<boolean> {
  return hasCaps(await store.caps(keyId));
}

function hasCaps(caps: Record<Asset, Caps>): boolean {
  return assets.some((asset) => Object.values(caps[asset]).some((cap) => cap !== null));
}
