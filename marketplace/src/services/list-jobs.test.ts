import { encodeCrockford, uuidV7Bytes } from '@node3/shared/ids';
import { expect, it } from 'vitest';
import type { JobQuery } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import { listJobRows } from './list-jobs.ts';

it('finds what was posted together with the job that it comes after, whichever id is the smaller', async () => {
  const asked: JobQuery[] = [];
  const store = {
    async listJobs(query: JobQuery) {
      asked.push(query);
      return [];
    },
  } as unknown as Store;
  const idOf = (random: number) =>
    `job_${encodeCrockford(uuidV7Bytes(1_800_000_000_000, new Uint8Array(10).fill(random)))}`;
  const [smaller, larger] = [idOf(1), idOf(200)];
  await listJobRows({ store }, 'acc_x', { dependsOn: larger });
  await listJobRows({ store }, 'acc_x', { rerunOf: larger });
  expect(asked.map(({ afterJobId }) => (afterJobId ?? '') < smaller)).toEqual([true, true]);
});
