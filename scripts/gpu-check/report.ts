/** `not run`: something that it needs isn't here, which `sentence` names. */
export type CheckOutcome = 'passed' | 'failed' | 'not run';

export interface Check {
  name: string;
  outcome: CheckOutcome;
  sentence: string;
  /** Numbers carry their unit in their name; null is unknown. */
  facts: Record<string, unknown>;
}

export function isFailed({ outcome }: Check): boolean {
  return outcome === 'failed';
}

const marks: Record<CheckOutcome, string> = {
  passed: 'PASSED ',
  failed: 'FAILED ',
  'not run': 'NOT RUN',
};

export function printCheck({ facts, name, outcome, sentence }: Check): void {
  process.stdout.write(`\n${marks[outcome]} ${name}: ${sentence}\n`);
  for (const [fact, value] of Object.entries(facts)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    process.stdout.write(`        ${fact}: ${text}\n`);
  }
}

export function printEnd(checks: readonly Check[]): void {
  const count = (wanted: CheckOutcome) => checks.filter(({ outcome }) => outcome === wanted).length;
  process.stdout.write(
    `\n${count('passed')} passed, ${count('failed')} failed, ${count('not run')} not run.\n`,
  );
}

/** One digit behind the point. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
