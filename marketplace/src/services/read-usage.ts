import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import {
  type CustomerUsageRow,
  customerUsageGroups,
  type UsageRow,
  type UsageView,
} from '@node3/shared/routes/usage';
import { toTimestamp } from '@node3/shared/schema';
import { dayOf } from '../domain/spending-caps.ts';
import { type UsageLine, UsageTotal } from '../domain/usage.ts';
import type { Store } from '../store/store.ts';
import type { UsageSlice } from '../store/usage-store.ts';

const dayMs = 86_400_000;
const facadeLabels = 'bacalhau/';
/** Where nothing is said: thirty days, today with them. */
const daysUsual = 30;

interface Deps {
  store: Store;
  clock: Clock;
}

/** What ended jobs of an account used and cost. Throws REQUEST_INVALID for days that can't be meant. */
export async function readUsage(
  deps: Deps,
  accountId: string,
  query: UsageQuery,
): Promise<UsageView> {
  const { from, to, lines } = await sumUp(deps, accountId, { groupBy: 'day', ...query });
  return { from, to, data: lines.map(viewLine) };
}

/** The same of all accounts, or of one, for whoever serves them. */
export async function readCustomerUsage(
  deps: Deps,
  { accountId = null, ...query }: UsageQuery & { accountId?: string | null },
): Promise<{ from: string; to: string; data: CustomerUsageRow[] }> {
  const { from, to, lines } = await sumUp(deps, accountId, { groupBy: 'account', ...query });
  const ids = new Set(lines.flatMap((line) => line.accountId ?? []));
  const accounts = await deps.store.accountsById([...ids]);
  const data = lines.map((line) => {
    const name = line.accountId === null ? null : (accounts.get(line.accountId)?.name ?? null);
    return { accountId: line.accountId, accountName: name, ...viewLine(line) };
  });
  return { from, to, data };
}

async function sumUp(deps: Deps, accountId: string | null, query: UsageQuery) {
  const { from, to, by, label } = readPeriod(deps, query);
  if (to - from >= limits.usageDaysMax) {
    const fix = 'ask for less, or for an export';
    throw invalid('/from', `is more than ${limits.usageDaysMax} days before the last day; ${fix}`);
  }
  const total = new UsageTotal(by);
  const isMany = by.includes('label');
  let reads = 0;
  for await (const { sums } of slicesOf(deps, accountId, { from, to, label })) {
    reads += 1;
    if (reads > limits.usageReadsMax) throw invalid('/from', 'is too long ago for so many jobs');
    total.add(sums);
    if (isMany && total.size > limits.usageRowsMax) throw tooMany();
  }
  return { from: dateOf(from), to: dateOf(to), lines: total.takeBefore(null) };
}

/** Names of the labels that its rows can be told apart by, without those that a facade keeps for itself. */
export async function readUsageLabels({ store }: Deps, accountId: string) {
  const names = await store.labelNames(accountId, limits.usageLabelsMax);
  return { data: names.filter((name) => !name.startsWith(facadeLabels)) };
}

/**
 * The rows of any period, in reads of bounded size: those of a day once the next one begins. Throws
 * REQUEST_INVALID at once for days that can't be meant.
 */
export function exportUsage(
  deps: Deps,
  accountId: string,
  query: UsageQuery,
): (signal: AbortSignal) => AsyncGenerator<UsageRow[]> {
  const { by, ...days } = readPeriod(deps, query);
  return async function* rows(signal) {
    const total = new UsageTotal(by);
    for await (const { sums, nextMs } of slicesOf(deps, accountId, days)) {
      if (signal.aborted) return;
      total.add(sums);
      // Sums that grow too many are written as they are, and begin anew.
      const isFull = total.size > limits.usageRowsMax;
      const before = nextMs === null || isFull ? null : dayOf(nextMs);
      yield total.takeBefore(before).map(viewLine);
    }
  };
}

interface UsageQuery {
  from?: string;
  to?: string;
  groupBy?: string;
  label?: string;
}

function readPeriod({ clock }: Deps, query: UsageQuery) {
  const to = query.to === undefined ? dayOf(clock.nowMs()) : readDay('/to', query.to);
  const from = query.from === undefined ? to - daysUsual + 1 : readDay('/from', query.from);
  if (from > to) throw invalid('/from', 'is after the last day');
  const wanted = (query.groupBy ?? 'day').split(',');
  const by = customerUsageGroups.filter((group) => wanted.includes(group));
  const { label = null } = query;
  if (by.includes('label') !== (label !== null)) {
    const detail = label === null ? 'is needed to group by label' : 'needs groupBy=label';
    throw invalid('/label', `${detail}, such as groupBy=label&label=team`);
  }
  return { from, to, by, label };
}

function tooMany(): MarketError {
  const fix = 'ask for fewer days, or for an export';
  return invalid('/groupBy', `tells more than ${limits.usageRowsMax} rows apart; ${fix}`);
}

/** In reads that nobody else has to wait for. The last slice has no next one. */
async function* slicesOf(
  { store }: Deps,
  accountId: string | null,
  { from, to, label }: { from: number; to: number; label: string | null },
): AsyncGenerator<UsageSlice> {
  const beforeMs = (to + 1) * dayMs;
  const bounds = { accountId, label, beforeMs, jobsMax: limits.usageJobsPerRead };
  for (let fromMs: number | null = from * dayMs; fromMs !== null; ) {
    const slice: UsageSlice = await store.usageSums({ ...bounds, fromMs });
    yield slice;
    fromMs = slice.nextMs;
    await setImmediate();
  }
}

function viewLine({ day, charged, asset, ...line }: UsageLine): UsageRow {
  const { keyId, gpu, label, jobs, gpuMs, runMs } = line;
  const date = day === null ? null : dateOf(day);
  return { day: date, keyId, gpu, label, jobs, gpuMs, runMs, charged: toMoney(charged, asset) };
}

function dateOf(day: number): string {
  return toTimestamp(day * dayMs).slice(0, 'yyyy-mm-dd'.length);
}

function readDay(pointer: string, text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`);
  // A thirtieth of February is read as a day of March.
  if (!Number.isNaN(ms) && dateOf(dayOf(ms)) === text) return dayOf(ms);
  throw invalid(pointer, `has no such day as ${text}`);
}

function invalid(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}
