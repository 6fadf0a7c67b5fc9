import { placementDefaults } from '@node3/shared/job-spec';
import { baseUnits } from '@node3/shared/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenJobs } from './open-jobs.ts';
import { capacity, jobIdOf, openJob } from './testing/arbitrary-market.ts';
import { ScanModel } from './testing/scan-model.ts';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), job: openJob }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      agent: fc.nat(),
      nowMs: fc.integer({ min: 0, max: 20 }),
    }),
  },
);

describe('the index of open jobs', () => {
  it('[4.01] answers like a look at every job, whatever comes, goes and is asked', () => {
    fc.assert(
      fc.property(
        fc.array(capacity, { minLength: 1, maxLength: 4 }),
        fc.array(step, { minLength: 1, maxLength: 200, size: 'max' }),
        (agents, steps) => {
          // Cursors from the second entry on, and few of them: here every lane is small.
          const index = new OpenJobs('refused', { laneEntriesMin: 2, classesMax: 2 });
          const model = new ScanModel('refused');
          for (const one of steps) {
            if (one.kind === 'add') {
              if (index.table.ids.find(one.job.jobId) >= 0) continue;
              index.show(index.table.add(one.job));
              model.add(one.job);
              continue;
            }
            const ids = model.jobIds;
            let gone = ids[one.kind === 'remove' ? one.at % Math.max(1, ids.length) : -1] ?? null;
            if (one.kind === 'claim') {
              const agent = agents[one.agent % agents.length];
              if (agent === undefined) throw new Error('there is an agent');
              const found = index.bestFor(agent, one.nowMs);
              gone = model.bestFor(agent, one.nowMs);
              expect(found?.candidate.jobId ?? null).toBe(gone);
            }
            if (gone === null) continue;
            index.remove(index.table.ids.find(gone));
            model.remove(gone);
          }
          expect(index.table.ids.size).toBe(model.jobIds.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('answers the same when all jobs come at once, as at a start', () => {
    fc.assert(
      fc.property(
        capacity,
        fc.uniqueArray(openJob, { selector: ({ jobId }) => jobId, maxLength: 150, size: 'max' }),
        (agent, jobs) => {
          const index = new OpenJobs('refused', { laneEntriesMin: 2, classesMax: 2 });
          const model = new ScanModel('refused');
          for (const job of jobs) model.add(job);
          expect([...index.showAll(jobs.map((job) => index.table.add(job)))]).toBeDefined();
          for (;;) {
            const expected = model.bestFor(agent, 0);
            expect(index.bestFor(agent, 0)?.candidate.jobId ?? null).toBe(expected);
            if (expected === null) return;
            index.remove(index.table.ids.find(expected));
            model.remove(expected);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('[4.12] knows how many jobs of its kind come before one', () => {
    const [sample] = fc.sample(openJob, { numRuns: 1, seed: 2 });
    if (sample === undefined) throw new Error('a sample is drawn');
    const index = new OpenJobs('refused');
    const places = Array.from({ length: 300 }, (_, at) => {
      const needs = { ...sample.needs, diskBytes: 2 ** 20 + (at % 7), gpus: null };
      const rankMs = (at * 7_919) % 300;
      const place = index.table.add({ ...sample, needs, jobId: jobIdOf(at + 1), rankMs });
      index.show(place);
      return { place, rankMs };
    });
    for (const { place, rankMs } of places) expect(index.aheadOf(place)).toBe(rankMs);
    const first = places.find(({ rankMs }) => rankMs === 0);
    if (first !== undefined) index.remove(first.place);
    for (const { place, rankMs } of places) {
      if (place !== first?.place) expect(index.aheadOf(place)).toBe(rankMs - 1);
    }
  });

  it('looks at few entries though thousands come first that pay too little for the dear GPU', () => {
    const index = new OpenJobs('refused');
    const [sample] = fc.sample(openJob, { numRuns: 1, seed: 1 });
    const [drawn] = fc.sample(capacity, { numRuns: 1, seed: 1 });
    if (sample === undefined || drawn === undefined) throw new Error('samples are drawn');
    const usdc = (millionths: number) => ({
      SOL: null,
      USDC: { amount: `0.${String(millionths).padStart(6, '0')}`, asset: 'USDC' as const },
    });
    const [small, large] = [4, 24].map((size) => ({
      id: `gpu-${size}`,
      vendor: 'nvidia' as const,
      model: 'Model',
      modelId: `m${size}`,
      memoryBytes: size * 1024 ** 3,
      computeCapability: '8.9',
      driverVersion: null,
      simulated: false,
    }));
    if (small === undefined || large === undefined) throw new Error('there are two');
    const agent: typeof drawn = {
      ...drawn,
      reservedFor: null,
      freeDeviceIds: [small.id, large.id],
      offer: {
        ...drawn.offer,
        devices: [small, large],
        isolation: 'container',
        requestersBlocked: [],
        asks: usdc(10),
        classAsks: { m24: usdc(30) },
      },
    };
    const gpus = { count: 1, memoryBytesMin: 16 * 1024 ** 3 };
    const needs = {
      ...sample.needs,
      placement: { ...placementDefaults, strategy: 'score' as const },
      gpus,
      cpus: 0.1,
      memoryBytes: 1,
      diskBytes: 1,
      arch: null,
      isNative: false,
    };
    const job = { ...sample, needs, avoidedAgentIds: [], asset: 'USDC' as const, reward: null };
    for (let i = 1; i <= 20_000; i += 1) {
      const poor = { ...job, jobId: jobIdOf(i), rankMs: i, hourlyOffer: baseUnits(20n) };
      index.show(index.table.add(poor));
    }
    const paying = { ...job, jobId: jobIdOf(30_000), rankMs: 30_000, hourlyOffer: baseUnits(30n) };
    index.show(index.table.add(paying));
    const before = index.looked;
    for (let i = 0; i < 100; i += 1) {
      expect(index.bestFor(agent, 0)?.candidate).toMatchObject({
        jobId: paying.jobId,
        devices: [{ id: large.id }],
        rate: 30n,
      });
    }
    expect((index.looked - before) / 100).toBeLessThan(50);
  });

  it('looks at few entries though thousands that nobody can run come first', () => {
    const index = new OpenJobs('refused');
    const [sample] = fc.sample(openJob, { numRuns: 1, seed: 1 });
    const [agent] = fc.sample(capacity, { numRuns: 1, seed: 1 });
    if (sample === undefined || agent === undefined) throw new Error('samples are drawn');
    const needs = { ...sample.needs, gpus: null, cpus: 0.1, isNative: false };
    const job = { ...sample, needs, avoidedAgentIds: [], avoidUntilMs: 0 };
    for (let i = 1; i <= 20_000; i += 1) {
      const greedy = { ...needs, cpus: 64 + (i % 100), diskBytes: 2 ** 40 + i };
      index.show(index.table.add({ ...job, jobId: jobIdOf(i), needs: greedy, rankMs: i }));
    }
    const before = index.looked;
    for (let i = 0; i < 100; i += 1) index.bestFor(agent, 0);
    expect((index.looked - before) / 100).toBeLessThan(50);
  });
});
