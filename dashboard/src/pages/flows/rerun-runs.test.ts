import type { Client } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { expect, it } from 'vitest';
import { rerunRuns } from './rerun-runs.ts';

it('runs each again with a key of its own, and goes on after a refusal', async () => {
  const keys: unknown[] = [];
  const client = {
    async call(_contract: unknown, args: { params: { runId: string } }, options: object) {
      keys.push(Object(options).idempotencyKey);
      const { runId } = args.params;
      if (runId === 'run_2') throw new MarketError('RUN_NOT_FOUND', { detail: 'It is gone.' });
      return { runId: `new_${runId}`, run_id: `new_${runId}`, status: 'running' };
    },
  } as unknown as Client;
  expect(await rerunRuns(client, ['run_1', 'run_2', 'run_3'], 'batch')).toEqual([
    { runId: 'run_1', newRunId: 'new_run_1', status: 'running' },
    { runId: 'run_2', refused: expect.objectContaining({ message: 'It is gone.' }) },
    { runId: 'run_3', newRunId: 'new_run_3', status: 'running' },
  ]);
  expect(keys).toEqual(['batch-run_1', 'batch-run_2', 'batch-run_3']);
});
