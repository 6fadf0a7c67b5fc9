import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import { cancel } from './decisions.ts';
import type { World } from './world.ts';

/** Uses each method of the store for labels at least once. */
export async function liveThroughLabels({ store }: World, accountId: string): Promise<void> {
  const bounds = { accountId, beforeJobId: null, limit: 10 };
  for (const order of ['newest', 'oldest'] as const) {
    await store.listLabelledJobs({ ...bounds, label: ['team', 'vision'], order });
  }
  await store.labelNames(accountId, 10);
}

async function post(
  world: World,
  accountId: string,
  labels: Record<string, string>,
): Promise<string> {
  const posting = world.posting(accountId);
  const spec = { ...posting.job.spec, labels };
  const { job } = await world.store.postJob({ ...posting, job: { ...posting.job, spec } });
  return job.jobId;
}

export function describeJobLabels(given: Given): void {
  describe('labels of jobs', () => {
    it('find the jobs of an account, in either order and in pages', async () => {
      const { store, world } = given;
      const [accountId, otherId] = [await world.openAccount(), await world.openAccount()];
      const red: string[] = [];
      for (let i = 0; i < 6; i += 1) {
        red.push(await post(world, accountId, { team: 'red', run: `${i}` }));
        await post(world, accountId, { team: 'blue', other: 'red' });
        await post(world, otherId, { team: 'red' });
        await post(world, accountId, {});
      }
      await store.changeJob(String(red[1]), cancel(world.nowMs));
      const label = ['team', 'red'] as const;
      const idsOf = async (query: { beforeJobId?: string; afterJobId?: string; limit: number }) => {
        const order = query.afterJobId === undefined ? 'newest' : 'oldest';
        const search = { accountId, label, beforeJobId: null, order, ...query } as const;
        return (await store.listLabelledJobs(search)).map(({ jobId }) => jobId);
      };
      expect(await idsOf({ limit: 4 })).toEqual(red.toReversed().slice(0, 4));
      expect(await idsOf({ beforeJobId: String(red[2]), limit: 4 })).toEqual([red[1], red[0]]);
      expect(await idsOf({ afterJobId: String(red[1]), limit: 2 })).toEqual([red[2], red[3]]);
      const first = { beforeJobId: null, order: 'newest', limit: 1 } as const;
      const [job] = await store.listLabelledJobs({ accountId, label: ['run', '3'], ...first });
      expect(job).toEqual(await store.job(String(red[3])));
    });

    it('have names, those of the account alone', async () => {
      const { store, world } = given;
      const [accountId, otherId] = [await world.openAccount(), await world.openAccount()];
      expect(await store.labelNames(accountId, 10)).toEqual([]);
      await post(world, accountId, { team: 'a', Zone: '', 'a/b.c_d-e': '1' });
      await post(world, accountId, { team: 'b', env: 'x' });
      await post(world, otherId, { secret: 'x' });
      expect(await store.labelNames(accountId, 10)).toEqual(['Zone', 'a/b.c_d-e', 'env', 'team']);
      expect(await store.labelNames(accountId, 2)).toEqual(['Zone', 'a/b.c_d-e']);
    });

    it('tell usage apart by the values of one, each job once', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      for (const labels of [{ team: 'a', env: 'x' }, { team: 'a' }, { team: '' }, {}]) {
        await store.changeJob(await post(world, accountId, labels), cancel(world.nowMs));
      }
      const search = { accountId, fromMs: 0, beforeMs: world.nowMs + 1, jobsMax: 10 };
      const jobsBy = async (label: string | null) => {
        const { sums } = await store.usageSums({ ...search, label });
        const texts = sums.map(({ labelValue, jobs }) => `${JSON.stringify(labelValue)} ${jobs}`);
        return texts.toSorted();
      };
      expect(await jobsBy('team')).toEqual(['"" 1', '"a" 2', 'null 1']);
      expect(await jobsBy('env')).toEqual(['"x" 1', 'null 3']);
      expect(await jobsBy(null)).toEqual(['null 4']);
    });

    it('are found whatever else is in their jobs', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const values = ['a"b', '\\u0000', '\\', 'ñ 🙂', '{"labels":{"team":"x"}}', '\ufffd'];
      for (const value of values) {
        const jobId = await post(world, accountId, { team: value });
        const search = { beforeJobId: null, order: 'newest', limit: 9 } as const;
        const label = ['team', value] as const;
        const found = await store.listLabelledJobs({ accountId, label, ...search });
        expect(found.map((job) => job.jobId)).toEqual([jobId]);
      }
    });
  });
}
