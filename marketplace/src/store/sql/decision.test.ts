import { baseUnits } from '@node3/shared/money';
import { expect, it } from 'vitest';
import type { JobSnapshot } from '../job-store.ts';
import { decidedIn } from './decision.ts';
import type { Answer, Query, Tx, Work } from './work.ts';

const snapshot = {} as JobSnapshot;

/** Answers each read of a balance with the next of these. */
function run<T>(work: Work<T>, credits: bigint[]): { value: T; reads: number } {
  const steps = work[Symbol.iterator]();
  let reads = 0;
  let step = steps.next();
  while (step.done !== true) {
    const row = { debits: 0n, credits: credits[reads] ?? 0n };
    reads += 1;
    step = steps.next({ rows: [row], changes: 0 });
  }
  return { value: step.value, reads };
}

const tx = {
  *get(sql: string, ...values: Query['values']): Generator<Query, unknown, Answer> {
    const { rows } = yield { sql, values, shape: 'records' };
    return rows[0];
  },
} as unknown as Tx;

it('asks once where no balance is wanted', () => {
  let asked = 0;
  const decide = () => {
    asked += 1;
    return null;
  };
  expect(run(decidedIn(tx, snapshot, decide), [])).toEqual({ value: null, reads: 0 });
  expect(asked).toBe(1);
});

it('decides with what the ledger has, whatever it said before it was read', () => {
  const work = decidedIn(tx, snapshot, (_, ledger) => {
    const revenue = ledger.balance('fee:revenue', 'USDC');
    if (revenue === 0n) throw new Error('nothing was read yet');
    const held = revenue > 5n ? ledger.balance('held:job', 'USDC') : baseUnits(0n);
    return { events: [], job: { queueDeadlineMs: Number(revenue + held) } };
  });
  const { value, reads } = run(work, [7n, 4n]);
  expect(value?.job?.queueDeadlineMs).toBe(11);
  expect(reads).toBe(2);
});

it('throws what a decision throws that saw the ledger', () => {
  const work = decidedIn(tx, snapshot, (_, ledger) => {
    throw new Error(`with ${ledger.balance('fee:revenue', 'USDC')}`);
  });
  expect(() => run(work, [3n])).toThrow('with 3');
});
