import { setImmediate } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import { expect, it } from 'vitest';
import type { JobRow } from '../store/rows.ts';
import { cancelJobs } from './cancel-jobs.ts';
import type { JobChangeDeps } from './change-job.ts';

it('lets others have their turn between the pages that it looks through', async () => {
  const page = Array.from(
    { length: limits.listPageMax },
    (_, i) => ({ jobId: `job-${i}`, spec: { labels: {} } }) as JobRow,
  );
  let pages = 0;
  const listJobs = async () => {
    pages += 1;
    return page;
  };
  const deps = { store: { listJobs } } as unknown as JobChangeDeps;
  const filter = { labels: { run: 'another' } };
  const cancelling = cancelJobs(deps, { accountId: 'acc', filter });
  let pagesMax = 0;
  for (let before = -1; pages > before; ) {
    before = pages;
    await setImmediate();
    pagesMax = Math.max(pagesMax, pages - before);
  }
  expect(await cancelling).toMatchObject({ data: [], nextCursor: expect.any(String) });
  expect(pagesMax).toBeLessThanOrEqual(2);
});
