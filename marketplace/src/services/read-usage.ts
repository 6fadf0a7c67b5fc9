import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import { type UsageView, usageGroups } from '@node3/shared/routes/usage';
import { toTimestamp } from '@node3/shared/schema';
import { dayOf } from '../domain/spending-caps.ts';
import { groupUsage } from '../domain/usage.ts';
import type { Store } from '../store/store.ts';
import type { UsageSearch, UsageSlice, UsageSum } from '../store/usage-store.ts';

const dayMs = 86_400_000;
/** Where nothing is said: thirty days, today with them. */
const daysUsual = 30;

/** What ended jobs of an account used and cost. Throws REQUEST_INVALID for days that can't be meant. */
export async function readUsage(
  { store, clock }: { store: Store; clock: Clock },
  accountId: string,
  query: { from?: string; to?: string; groupBy?: string },
): Promise<UsageView> {
  const to = query.to === undefined ? dayOf(clock.nowMs()) : readDay('/to', query.to);
  const from = query.from === undefined ? to - daysUsual + 1 : readDay('/from', query.from);
  if (from > to) throw invalid('/from', 'is after the last day');
  if (to - from >= limits.usageDaysMax) {
    throw invalid('/from', `is more than ${limits.usageDaysMax} days before the last day`);
  }
  const sums = await readSums(store, {
    accountId,
    fromMs: from * dayMs,
    beforeMs: (to + 1) * dayMs,
    jobsMax: limits.usageJobsPerRead,
  });
  const wanted = (query.groupBy ?? 'day').split(',');
  const by = usageGroups.filter((group) => wanted.includes(group));
  const data = groupUsage(sums, by).map(({ day, charged, asset, ...line }) => ({
    ...line,
    day: day === null ? null : dateOf(day),
    charged: toMoney(charged, asset),
  }));
  return { from: dateOf(from), to: dateOf(to), data };
}

/** In reads that nobody else has to wait for. */
async function readSums(store: Store, search: UsageSearch): Promise<UsageSum[]> {
  const sums: UsageSum[] = [];
  for (let fromMs: number | null = search.fromMs, reads = 1; fromMs !== null; reads += 1) {
    if (reads > limits.usageReadsMax) throw invalid('/from', 'is too long ago for so many jobs');
    const slice: UsageSlice = await store.usageSums({ ...search, fromMs });
    sums.push(...slice.sums);
    fromMs = slice.nextMs;
    await setImmediate();
  }
  return sums;
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
