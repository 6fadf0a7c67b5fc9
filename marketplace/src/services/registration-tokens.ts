import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { RegistrationToken } from '@node3/shared/routes/admin-agents';
import { toTimestamp } from '@node3/shared/schema';
import { decodeAddress } from '@node3/shared/wallet-key';
import type { AgentStore, TokenUse } from '../store/agent-store.ts';
import { builtInProvider } from '../store/provider-store.ts';
import type { RegistrationTokenRow } from '../store/rows.ts';
import { hashText } from './api-key.ts';
import { findProvider } from './manage-providers.ts';
import type { ProviderRegistry } from './provider-registry.ts';

interface Deps {
  providers: ProviderRegistry;
  store: AgentStore;
  clock: Clock;
  ids: Ids;
}

/** Tokens look like keys: the id finds the row, the rest proves it. */
const tokenPattern = /^n3_(reg_[0-9A-HJKMNP-TV-Z]{26})_[A-Za-z0-9_-]{16,64}$/;

/** A token that lets one agent register within five minutes. Its text is shown only here. */
export async function issueRegistrationToken(
  deps: Deps,
  { name, wallet, provider }: { name?: string; wallet?: string; provider?: string },
): Promise<RegistrationToken & { token: string }> {
  if (wallet !== undefined) decodeAddress(wallet);
  const providerId = provider === undefined ? null : findProvider(deps, provider).providerId;
  const tokenId = deps.ids.next('registrationToken');
  const token = `n3_${tokenId}_${deps.ids.secret(limits.apiKeyBytes)}`;
  const createdAtMs = deps.clock.nowMs();
  const row: RegistrationTokenRow = {
    tokenId,
    tokenHash: hashText(token),
    name: name ?? null,
    wallet: wallet ?? null,
    createdAtMs,
    expiresAtMs: createdAtMs + limits.registrationTokenMs,
    usedAtMs: null,
    usedByAgentId: null,
    revokedAtMs: null,
    providerId: providerId === builtInProvider ? null : providerId,
  };
  await deps.store.addRegistrationToken(row, [tokenEvent('issued', row, createdAtMs)]);
  return { ...viewToken(deps, row), token };
}

export async function listRegistrationTokens(deps: Pick<Deps, 'store' | 'providers'>) {
  const rows = await deps.store.registrationTokens(limits.listPageMax);
  return { data: rows.map((row) => viewToken(deps, row)) };
}

export async function revokeRegistrationToken(deps: Deps, tokenId: string) {
  const nowMs = deps.clock.nowMs();
  const events = [tokenEvent('revoked', { tokenId, name: null, wallet: null }, nowMs)];
  const row = await deps.store.revokeRegistrationToken(tokenId, nowMs, events);
  if (row === null) throw new MarketError('REGISTRATION_TOKEN_INVALID', { tokenId });
  return viewToken(deps, row);
}

function tokenEvent(
  what: 'issued' | 'revoked',
  { tokenId, name, wallet }: Pick<RegistrationTokenRow, 'tokenId' | 'name' | 'wallet'>,
  atMs: number,
): NewEvent {
  return {
    name: `registration-token.${what}`,
    atMs,
    actor: 'operator',
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    data: { tokenId, name, wallet },
  };
}

/** What the store needs to use a token up. Throws REGISTRATION_TOKEN_INVALID for what can't be one. */
export function tokenUse(token: string): TokenUse {
  const tokenId = tokenPattern.exec(token)?.[1];
  if (tokenId === undefined) throw new MarketError('REGISTRATION_TOKEN_INVALID');
  return { tokenId, tokenHash: hashText(token) };
}

function viewToken(
  { providers }: Pick<Deps, 'providers'>,
  row: RegistrationTokenRow,
): RegistrationToken {
  const time = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return {
    tokenId: row.tokenId,
    name: row.name,
    wallet: row.wallet,
    provider: providers.find(row.providerId ?? builtInProvider)?.name ?? null,
    createdAt: toTimestamp(row.createdAtMs),
    expiresAt: toTimestamp(row.expiresAtMs),
    usedAt: time(row.usedAtMs),
    usedByAgentId: row.usedByAgentId,
    revokedAt: time(row.revokedAtMs),
  };
}
