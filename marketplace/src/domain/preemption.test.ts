import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, lessWork, type Needs } from './matching.ts';
import { chooseVictims, type Interruptible } from './preemption.ts';
import { sampleCapacity, sampleDevice, sampleNeeds } from './testing/matching-samples.ts';

const devices = ['a', 'b', 'c', 'd'].map((id) => sampleDevice({ id }));
const whole = sampleCapacity({ devices, slots: 4, cpus: 8 }, { freeSlots: 4 });

function work(id: string, deviceIds: string, cpus: number, leasedAtMs: number): Interruptible {
  return {
    executionId: id,
    needs: sampleNeeds({ resources: { cpus }, placement: { interruptible: true } }),
    devices: devices.filter((device) => deviceIds.includes(device.id)),
    leasedAtMs,
  };
}

const choose = (needs: Needs, works: Interruptible[], stoppable = works) =>
  chooseVictims(needs, whole, { works, stoppable }, 'refused')?.map(
    ({ executionId }) => executionId,
  ) ?? null;

const reward = (amount: string) => ({
  kind: 'fixed' as const,
  reward: { amount, asset: 'SOL' as const },
});

describe('making room', () => {
  const twoGpus = sampleNeeds({ resources: { gpus: { count: 2 } } });

  it('stops nobody where the job fits beside what runs', () => {
    expect(choose(twoGpus, [work('x', 'ab', 1, 1)])).toEqual([]);
  });

  it('[4.15] stops as few as suffice, the youngest of them', () => {
    const works = [work('old', 'ab', 1, 1), work('young', 'cd', 1, 2)];
    expect(choose(twoGpus, works)).toEqual(['young']);
    expect(choose(twoGpus, [work('one', 'abc', 1, 1), work('tiny', '', 1, 2)])).toEqual(['one']);
  });

  it('says so where nothing that may be stopped makes room', () => {
    const works = [work('x', 'abc', 1, 1)];
    expect(choose(twoGpus, works, [])).toBeNull();
    expect(choose(sampleNeeds({ resources: { gpus: { count: 5 } } }), works)).toBeNull();
  });

  it('stops nothing that earns more than what comes instead', () => {
    const dear = [
      { ...work('one', 'ab', 1, 1), needs: sampleNeeds({ price: reward('2') }) },
      { ...work('two', 'cd', 1, 1), needs: sampleNeeds({ price: reward('2') }) },
    ];
    const fourGpus = (amount: string) =>
      sampleNeeds({ resources: { gpus: { count: 4 } }, price: reward(amount) });
    expect(choose(fourGpus('1'), dear)).toBeNull();
    expect(choose(fourGpus('3'), dear)).toBeNull();
    expect(choose(fourGpus('4'), dear)).toEqual(['one', 'two']);
  });

  it('makes room that suffices, and not with fewer of those it stops', () => {
    const works = fc
      .array(fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 4 }), fc.nat({ max: 9 })), {
        maxLength: 4,
      })
      .map((all) => {
        const free = ['a', 'b', 'c', 'd'];
        return all.map(([count, cpus, at], index) =>
          work(`exe_${index}`, free.splice(0, count).join(''), cpus, at),
        );
      });
    const job = fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 8 })).map(([count, cpus]) =>
      sampleNeeds({
        resources: count === 0 ? { cpus } : { cpus, gpus: { count } },
        price: reward('100'),
      }),
    );
    fc.assert(
      fc.property(works, job, (running, needs) => {
        const fitsWithout = (stopped: readonly Interruptible[]) => {
          const left = running.filter((one) => !stopped.includes(one));
          return fit(needs, lessWork(whole, left), 'refused').fits;
        };
        const all = { works: running, stoppable: running };
        const victims = chooseVictims(needs, whole, all, 'refused');
        if (victims === null) {
          expect(fitsWithout(running)).toBe(false);
          return;
        }
        expect(fitsWithout(victims)).toBe(true);
        for (const victim of victims) {
          expect(fitsWithout(victims.filter((one) => one !== victim))).toBe(false);
        }
      }),
    );
  });
});
