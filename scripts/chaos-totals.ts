import {
  crashBoundaries,
  engineBoundaries,
} from '@node3/marketplace/payments/testing/chaos/crash-boundaries';
import type { SeedReport } from '@node3/marketplace/payments/testing/chaos/run-seed';
import { addCounts, type Counts } from '@node3/marketplace/testing/counter';

/** What many runs came to. */
export class ChaosTotals {
  runs = 0;
  payouts = 0;
  transactions = 0;
  steps = 0;
  slots = 0;
  readonly crashes: Counts = {};
  readonly faults: Counts = {};
  readonly misfortunes: Counts = {};
  readonly findings: { seed: number; findings: string[] }[] = [];
  readonly #passed = new Set<string>();

  add(report: SeedReport): void {
    this.runs += 1;
    this.payouts += report.payouts;
    this.transactions += report.transactions;
    this.steps += report.steps;
    this.slots += report.slots;
    addCounts(this.crashes, report.crashes);
    addCounts(this.faults, report.faults);
    addCounts(this.misfortunes, report.misfortunes);
    for (const boundary of report.passed) this.#passed.add(boundary);
    const { seed, findings } = report;
    if (findings.length > 0) this.findings.push({ seed, findings });
  }

  /** Boundaries at which no process died. */
  missed(): string[] {
    return engineBoundaries.filter((boundary) => this.crashes[boundary] === undefined);
  }

  /** Boundaries that a payout passes and that nobody listed. */
  unlisted(): string[] {
    return [...this.#passed].filter((boundary) => !crashBoundaries.includes(boundary));
  }

  describe(): string {
    const lines = [
      `runs          ${this.runs}, ${this.findings.length} with findings`,
      `payouts       ${this.payouts}, in ${this.transactions} transactions, ${this.steps} steps, ${this.slots} slots`,
      `crashes       ${sum(this.crashes)}, at ${Object.keys(this.crashes).length} of ${engineBoundaries.length} boundaries`,
      ...table(this.crashes),
      `faults        ${sum(this.faults)}`,
      ...table(this.faults),
      `misfortunes   ${sum(this.misfortunes)}`,
      ...table(this.misfortunes),
    ];
    return `${lines.join('\n')}\n`;
  }
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, times) => total + times, 0);
}

function table(counts: Counts): string[] {
  const rows = Object.entries(counts).toSorted(([a], [b]) => a.localeCompare(b));
  return rows.map(([name, times]) => `  ${String(times).padStart(8)}  ${name}`);
}
