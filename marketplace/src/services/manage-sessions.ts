import type { Clock } from '@node3/shared/clock';
import type { Cluster } from '@node3/shared/cluster';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import type { SessionView } from '@node3/shared/routes/sessions';
import { toTimestamp } from '@node3/shared/schema';
import { signInLimits } from '@node3/shared/sign-in-limits';
import {
  chainIdOf,
  composeSignIn,
  readSignIn,
  type SignInFacts,
  signInStatement,
} from '@node3/shared/sign-in-message';
import { verifySignature } from '@node3/shared/wallet-key';
import type { ApiKeyRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { createSessionToken, hashText } from './api-key.ts';
import type { KeyCaller } from './key-caller.ts';
import type { KeyHolders } from './key-holders.ts';
import type { KnownKeys } from './known-keys.ts';
import { assertUncapped } from './manage-keys.ts';
import { viewAccount } from './open-account.ts';
import { type OwnWallets, refuseOwnWallet } from './own-wallets.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
  cluster: Cluster;
  ownWallets: OwnWallets;
  keyHolders: Pick<KeyHolders, 'endKey'>;
  knownKeys: Pick<KnownKeys, 'forget'>;
}

/** What a wallet signs to sign in here. @param origin our own, such as `https://market.example`. */
export async function createSignIn(deps: Deps, origin: string) {
  const nowMs = deps.clock.nowMs();
  const expiresAtMs = nowMs + signInLimits.signInMs;
  const nonce = Buffer.from(deps.ids.secret(signInLimits.nonceBytes), 'base64url').toString('hex');
  const facts = {
    domain: new URL(origin).host,
    statement: signInStatement,
    uri: origin,
    version: '1',
    chainId: chainIdOf(deps.cluster),
    nonce,
    issuedAt: toTimestamp(nowMs),
    expirationTime: toTimestamp(expiresAtMs),
  } as const satisfies SignInFacts;
  const row = { nonceHash: hashText(nonce), facts: JSON.stringify(facts), expiresAtMs };
  await deps.store.saveSignIn(row, nowMs);
  return facts;
}

/**
 * Opens a session for the wallet that signed, and its account where it has none. The nonce is used up
 * whatever comes of it. Throws CHALLENGE_INVALID, SIGNATURE_INVALID or WALLET_RESERVED.
 */
export async function openSession(
  deps: Deps,
  { message, signature }: { message: string; signature: string },
  { origin, client }: { origin: string; client: string | null },
) {
  const address = await takeSigned(deps, message, origin);
  if (!verifySignature(address, new TextEncoder().encode(message), signature)) {
    throw new MarketError('SIGNATURE_INVALID', { wallet: address });
  }
  refuseOwnWallet(deps.ownWallets, address);
  const nowMs = deps.clock.nowMs();
  const accountId = deps.ids.next('account');
  const { apiKey, row } = createSessionToken(deps.ids, { accountId, client }, nowMs);
  const opening = { accountId, wallet: address, name: null, key: row, nowMs };
  const { account, created } = await deps.store.openAccount(opening);
  await endOldest(deps, account.accountId, nowMs);
  const view = await viewAccount(deps.store, account);
  return {
    token: apiKey,
    answer: { session: viewSession(row, row.keyId), account: view, created },
  };
}

async function endOldest(deps: Deps, accountId: string, nowMs: number): Promise<void> {
  const ended = await deps.store.tidySessions({
    accountId,
    keep: signInLimits.sessionsPerAccount,
    nowMs,
    eventOf: (sessionId) => endEvent(accountId, sessionId, nowMs),
  });
  if (ended.length > 0) forgetSessions(deps, accountId, ended);
}

/** They work nowhere in this process from here on; the event tells the others. */
function forgetSessions(deps: Deps, accountId: string, sessionIds: readonly string[]): void {
  deps.knownKeys.forget();
  for (const sessionId of sessionIds) deps.keyHolders.endKey(accountId, sessionId);
}

/** The address in a text that we asked for, word for word. */
async function takeSigned(deps: Deps, message: string, origin: string): Promise<string> {
  const read = readSignIn(message);
  const text =
    read === null ? null : await deps.store.takeSignIn(hashText(read.nonce), deps.clock.nowMs());
  if (read === null || text === null) throw new MarketError('CHALLENGE_INVALID');
  const facts = JSON.parse(text) as SignInFacts;
  const isOurs = facts.uri === origin && composeSignIn(facts, read.address) === message;
  if (!isOurs) throw new MarketError('CHALLENGE_INVALID');
  return read.address;
}

export async function listSessions(deps: Deps, caller: KeyCaller) {
  const { sessionsPerAccount } = signInLimits;
  const nowMs = deps.clock.nowMs();
  const rows = await deps.store.sessionsOf(caller.accountId, nowMs, sessionsPerAccount);
  return { data: rows.map((row) => viewSession(row, caller.keyId)) };
}

export async function endSession(deps: Deps, caller: KeyCaller, sessionId: string) {
  const row = await deps.store.apiKey(sessionId);
  const isOwn = row?.owner.kind === 'account' && row.owner.accountId === caller.accountId;
  if (!isOwn || row.kind !== 'session') throw new MarketError('SESSION_NOT_FOUND', { sessionId });
  await assertUncapped(deps, caller);
  const { accountId } = caller;
  const nowMs = deps.clock.nowMs();
  await deps.store.revokeApiKey(sessionId, nowMs, [endEvent(accountId, sessionId, nowMs)]);
  forgetSessions(deps, accountId, [sessionId]);
  return { sessionId };
}

/** Signs out everywhere; keys go on. */
export async function endSessions(deps: Deps, caller: KeyCaller) {
  await assertUncapped(deps, caller);
  const { accountId } = caller;
  const nowMs = deps.clock.nowMs();
  const open = await deps.store.sessionsOf(accountId, nowMs, signInLimits.sessionsPerAccount);
  const ended = await deps.store.endSessions(accountId, nowMs, [endEvent(accountId, null, nowMs)]);
  forgetSessions(
    deps,
    accountId,
    open.map(({ keyId }) => keyId),
  );
  return { ended };
}

function endEvent(accountId: string, sessionId: string | null, atMs: number): NewEvent {
  return {
    name: 'session.ended',
    atMs,
    actor: 'requester',
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { sessionId },
  };
}

function viewSession(row: ApiKeyRow, currentId: string | null): SessionView {
  return {
    sessionId: row.keyId,
    client: row.name,
    createdAt: toTimestamp(row.createdAtMs),
    lastUsedAt: row.lastUsedAtMs === null ? null : toTimestamp(row.lastUsedAtMs),
    expiresAt: toTimestamp(row.expiresAtMs ?? row.createdAtMs),
    endsAt: toTimestamp(row.endsAtMs ?? row.createdAtMs),
    current: row.keyId === currentId,
  };
}
