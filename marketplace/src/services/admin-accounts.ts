import type { Clock } from '@node3/shared/clock';
import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type Asset, toMoney } from '@node3/shared/money';
import { operatorLimits } from '@node3/shared/operator-limits';
import type {
  AdminAccount,
  AdminAccountDetail,
  listAccounts as listContract,
} from '@node3/shared/routes/admin-accounts';
import { toTimestamp } from '@node3/shared/schema';
import type { AccountSummary } from '../store/account-search.ts';
import type { RequestOrigin } from '../store/request-origin.ts';
import type { Store } from '../store/store.ts';
import type { Intake } from './intake.ts';
import type { KeyHolders } from './key-holders.ts';
import type { KnownKeys } from './known-keys.ts';
import { listKeys } from './manage-keys.ts';

interface Deps {
  store: Store;
  clock: Clock;
  intake: Intake;
  keyHolders: Pick<KeyHolders, 'endKey' | 'expire'>;
  knownKeys: Pick<KnownKeys, 'forget'>;
}

/** Accounts, newest first, or the first ones that a search finds. */
export async function listAccounts(
  { store }: Pick<Deps, 'store'>,
  { search, limit = limits.listPageDefault, cursor }: QueryOf<typeof listContract>,
): Promise<{ data: AdminAccount[]; nextCursor: string | null; more: boolean }> {
  const size = search === undefined ? limit : Math.min(limit, operatorLimits.accountsFound);
  const found = await store.findAccounts({
    search: search ?? null,
    beforeAccountId: cursor ?? null,
    limit: size + 1,
  });
  const rows = found.slice(0, size);
  const isFull = found.length > size;
  const last = rows.at(-1)?.account.accountId ?? null;
  return {
    data: rows.map(viewSummary),
    nextCursor: isFull && search === undefined ? last : null,
    more: isFull && search !== undefined,
  };
}

/** One account with its jobs and keys; that somebody looked is noted. */
export async function readAdminAccount(
  deps: Deps,
  accountId: string,
  origin: RequestOrigin,
): Promise<AdminAccountDetail> {
  const summary = await findSummary(deps, accountId);
  const [keys, ...counts] = await Promise.all([
    listKeys(deps, { accountId, keyId: null }),
    ...jobStates.map((state) =>
      deps.store.countJobsOf(
        { accountId, states: [state], beforeJobId: null, afterJobId: null },
        limits.jobsCountedMax,
      ),
    ),
  ]);
  await noteLook(deps, accountId, origin);
  return {
    ...viewSummary(summary),
    jobs: Object.fromEntries(jobStates.map((state, index) => [state, counts[index] ?? 0])),
    keys: keys.data,
  };
}

/** Ends a key of an account. Rejects with KEY_NOT_FOUND for one that is none of its keys. */
export async function revokeAccountKey(
  deps: Deps,
  accountId: string,
  keyId: string,
): Promise<{ keyId: string }> {
  const row = await deps.store.apiKey(keyId);
  const isOwn = row?.owner.kind === 'account' && row.owner.accountId === accountId;
  if (!isOwn) throw new MarketError('KEY_NOT_FOUND', { keyId });
  const nowMs = deps.clock.nowMs();
  const data = { keyId, name: row.name };
  const event = eventOf('key.revoked', accountId, nowMs, data);
  await deps.store.revokeApiKey(keyId, nowMs, [event]);
  deps.knownKeys.forget();
  deps.keyHolders.endKey(accountId, keyId);
  return { keyId };
}

/**
 * From the answer on this process takes no new jobs of it, and the other replicas none once they hear
 * of it. Throws ACCOUNT_NOT_FOUND.
 */
export async function suspendAccount(
  deps: Deps,
  accountId: string,
  reason: string,
): Promise<AdminAccount> {
  const nowMs = deps.clock.nowMs();
  const event = eventOf('account.suspended', accountId, nowMs, { why: reason });
  await deps.store.suspendAccount({ accountId, reason, sinceMs: nowMs }, [event]);
  await deps.intake.read();
  return viewSummary(await findSummary(deps, accountId));
}

export async function restoreAccount(
  deps: Deps,
  accountId: string,
  reason: string,
): Promise<AdminAccount> {
  await findSummary(deps, accountId);
  const event = eventOf('account.restored', accountId, deps.clock.nowMs(), { why: reason });
  await deps.store.restoreAccount(accountId, [event]);
  await deps.intake.read();
  return viewSummary(await findSummary(deps, accountId));
}

/** Throws ACCOUNT_NOT_FOUND. */
export async function findSummary(
  { store }: Pick<Deps, 'store'>,
  accountId: string,
): Promise<AccountSummary> {
  const summary = await store.accountSummary(accountId);
  if (summary === null) throw new MarketError('ACCOUNT_NOT_FOUND', { accountId });
  return summary;
}

function noteLook({ store, clock }: Deps, accountId: string, origin: RequestOrigin) {
  const { requestId, ip, keyId } = origin;
  const about = { action: 'account.read', actor: 'operator', accountId, target: accountId };
  return store.appendAudit([{ atMs: clock.nowMs(), ...about, requestId, ip, keyId, facts: {} }]);
}

function eventOf(
  name: 'account.suspended' | 'account.restored' | 'key.revoked',
  accountId: string,
  atMs: number,
  data: NewEvent['data'],
): NewEvent {
  const about = { accountId, jobId: null, executionId: null, reason: null };
  return { name, atMs, actor: 'operator', ...about, data };
}

function viewSummary({ account, balances, openJobs, suspension }: AccountSummary): AdminAccount {
  const { accountId, wallet, name, createdAtMs } = account;
  const balanceOf = (asset: Asset) => ({
    available: toMoney(balances[asset].available, asset),
    held: toMoney(balances[asset].held, asset),
  });
  return {
    accountId,
    wallet,
    name,
    balances: { SOL: balanceOf('SOL'), USDC: balanceOf('USDC') },
    createdAt: toTimestamp(createdAtMs),
    openJobs,
    suspension:
      suspension === null
        ? null
        : { reason: suspension.reason, since: toTimestamp(suspension.sinceMs) },
  };
}
