import type { JobDetail } from '@node3/shared/routes/jobs';
import { describe, expect, it } from 'vitest';
import { costSoFar } from './cost-so-far.ts';

const sol = (amount: string) => ({ amount, asset: 'SOL' as const });
const startedAt = '2026-11-26T12:00:00.000Z';
const nowMs = Date.parse(startedAt) + 1_800_000;

function job(part: object, execution: object = {}): JobDetail {
  return {
    state: 'running',
    gpus: 2,
    price: sol('10'),
    bidPerGpuHour: sol('3'),
    executions: [{ startedAt, finishedAt: null, ratePerGpuHour: sol('2'), ...execution }],
    ...part,
  } as unknown as JobDetail;
}

describe('costSoFar', () => {
  it('is the rate for every GPU, up to the cap', () => {
    expect(costSoFar(job({}), nowMs)).toEqual(sol('2'));
    expect(costSoFar(job({ gpus: 0 }), nowMs)).toEqual(sol('1'));
    expect(costSoFar(job({ price: sol('0.5') }), nowMs)).toEqual(sol('0.5'));
  });

  it('is unknown for a fixed price, and where nothing runs', () => {
    expect(costSoFar(job({ bidPerGpuHour: null }), nowMs)).toBeNull();
    expect(costSoFar(job({ state: 'assigned' }), nowMs)).toBeNull();
    expect(costSoFar(job({}, { startedAt: null }), nowMs)).toBeNull();
    expect(costSoFar(job({ executions: [] }), nowMs)).toBeNull();
  });
});
