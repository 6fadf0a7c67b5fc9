import { type Priority, priorities } from '@node3/shared/job-spec';
import { type Asset, type Money, toMoney } from '@node3/shared/money';
import type { OpenJobTable } from './open-job-table.ts';

/** Counts of the open jobs, kept with every change, so that an overview needs no walk over them. */
export class OpenTotals {
  readonly #jobs: Record<Priority, number> = { low: 0, normal: 0, high: 0, urgent: 0 };
  readonly #rewards = { SOL: { jobs: 0n, sum: 0n }, USDC: { jobs: 0n, sum: 0n } };

  add(table: OpenJobTable, place: number): void {
    this.#count(table, place, 1n);
  }

  remove(table: OpenJobTable, place: number): void {
    this.#count(table, place, -1n);
  }

  /** Open jobs of this priority and those above it. */
  ahead(priority: Priority): number {
    return priorities
      .slice(priorities.indexOf(priority))
      .reduce((sum, one) => sum + this.#jobs[one], 0);
  }

  meanRewards(): Record<Asset, Money | null> {
    const mean = (asset: Asset) => {
      const { jobs, sum } = this.#rewards[asset];
      return jobs === 0n ? null : toMoney(sum / jobs, asset);
    };
    return { SOL: mean('SOL'), USDC: mean('USDC') };
  }

  #count(table: OpenJobTable, place: number, by: 1n | -1n): void {
    this.#jobs[table.priorityOf(place)] += Number(by);
    const reward = table.rewardOf(place);
    if (reward === null) return;
    const rewards = this.#rewards[table.assetOf(place)];
    rewards.jobs += by;
    rewards.sum += by * reward;
  }
}
