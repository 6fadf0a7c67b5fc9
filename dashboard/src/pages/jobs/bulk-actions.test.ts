import type { Client } from '@node3/shared/client';
import { MarketError, toProblem } from '@node3/shared/error';
import { describe, expect, it } from 'vitest';
import { cancelAll, rerunAll } from './bulk-actions.ts';

describe('rerunAll', () => {
  it('answers in the order of the jobs, few at a time, and goes on after a refusal', async () => {
    const keys: unknown[] = [];
    let [now, most] = [0, 0];
    const client = {
      async call(_contract: unknown, args: { params: { jobId: string } }, options: object) {
        keys.push(Object(options).idempotencyKey);
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
        const { jobId } = args.params;
        if (jobId === 'job_3') throw new MarketError('JOB_STATE_INVALID', { detail: 'It runs.' });
        return { jobId: `new_${jobId}`, state: 'queued' };
      },
    } as unknown as Client;
    const ids = Array.from({ length: 9 }, (_, at) => `job_${at}`);
    const results = await rerunAll(client, ids, 'batch');
    expect(results.map(({ jobId }) => jobId)).toEqual(ids);
    expect(results[2]).toEqual({ jobId: 'job_2', state: 'queued', newJobId: 'new_job_2' });
    expect(results[3]).toMatchObject({ jobId: 'job_3', refused: { message: 'It runs.' } });
    expect(most).toBe(4);
    expect(new Set(keys)).toEqual(new Set(ids.map((id) => `batch-${id}`)));
  });
});

describe('cancelAll', () => {
  it('tells of each job what became of it', async () => {
    const over = new MarketError('JOB_STATE_INVALID', { detail: 'It is over.' });
    const data = [
      { jobId: 'job_1', state: 'cancelled' },
      { jobId: 'job_2', problem: toProblem(over) },
    ];
    const client = { call: async () => ({ data, nextCursor: null }) } as unknown as Client;
    expect(await cancelAll(client, ['job_1', 'job_2'])).toEqual([
      { jobId: 'job_1', state: 'cancelled', newJobId: null },
      { jobId: 'job_2', refused: over },
    ]);
  });
});
