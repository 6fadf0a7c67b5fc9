import { addCounts, type Counts } from '@node3/marketplace/testing/counter';
import type { SimReport } from './sim/run-sim.ts';

/** What many runs came to. */
export class SimTotals {
  runs = 0;
  jobs = 0;
  events = 0;
  checks = 0;
  virtualMs = 0;
  readonly crashes: Counts = {};
  readonly faults: Counts = {};
  readonly findings: { seed: number; findings: string[] }[] = [];
  readonly #passed = new Set<string>();

  add(report: SimReport): void {
    this.runs += 1;
    this.jobs += report.jobs;
    this.events += report.events;
    this.checks += report.checks;
    this.virtualMs += report.virtualMs;
    addCounts(this.crashes, report.crashes);
    addCounts(this.faults, report.faults);
    for (const boundary of report.passed) this.#passed.add(boundary);
    const { seed, findings } = report;
    if (findings.length > 0) this.findings.push({ seed, findings });
  }

  /** Of the boundaries that were passed: at how many a process died. */
  crashedShare(): number {
    return Object.keys(this.crashes).length / Math.max(1, this.#passed.size);
  }

  describe(): string {
    const crashed = Object.keys(this.crashes).length;
    const hours = (this.virtualMs / 3_600_000).toFixed(1);
    const lines = [
      `runs          ${this.runs}, ${this.findings.length} with findings`,
      `jobs          ${this.jobs}, in ${hours} hours`,
      `events        ${this.events}, everything compared ${this.checks} times`,
      `crashes       ${sum(this.crashes)}, at ${crashed} of ${this.#passed.size} boundaries`,
      ...table(this.crashes),
      `faults        ${sum(this.faults)}`,
      ...table(this.faults),
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
