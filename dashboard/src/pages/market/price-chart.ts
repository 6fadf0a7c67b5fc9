import type { ReplyOf } from '@node3/shared/contract';
import type { Money } from '@node3/shared/money';
import type { getPriceHistory } from '@node3/shared/routes/prices';
import type { TimeChartData } from '../../parts/charts/chart-data.ts';

type History = Pick<ReplyOf<typeof getPriceHistory>, 'from' | 'to' | 'days' | 'reference'>;

const dayMs = 86_400_000;

/**
 * A point for each day from the first to the last; a day without jobs is a gap and no price. What others
 * ask is one line over all days: when each of it was seen is not known.
 */
export function chartOf(
  { from, to, days, reference }: History,
  words: { median: string; band: string; reference: string },
): TimeChartData {
  const byDay = new Map(days.map((day) => [day.day, day.price]));
  const times: number[] = [];
  const [median, low, high]: (number | null)[][] = [[], [], []];
  const lastMs = Date.parse(to);
  for (let atMs = from === null ? lastMs : Date.parse(from); atMs <= lastMs; atMs += dayMs) {
    const price = byDay.get(new Date(atMs).toISOString().slice(0, 10));
    times.push(atMs);
    median?.push(numberOf(price?.median));
    low?.push(numberOf(price?.quarter));
    high?.push(numberOf(price?.threeQuarters));
  }
  return {
    times,
    series: [
      { label: words.median, points: median ?? [] },
      ...(reference === null
        ? []
        : [{ label: words.reference, points: times.map(() => reference.median) }]),
    ],
    band: { label: words.band, low: low ?? [], high: high ?? [] },
  };
}

/** For the height of a line only: what is written is the amount itself. */
function numberOf(money: Money | undefined): number | null {
  return money === undefined ? null : Number(money.amount);
}
