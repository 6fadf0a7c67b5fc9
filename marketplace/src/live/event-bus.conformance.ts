import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EventBus, Hint } from './event-bus.ts';

export interface BusWorld {
  join(): Promise<EventBus>;
  /** More jobs in one turn than this become a gap. */
  jobsMax: number;
  end(): Promise<void>;
}

/** Proves what every bus between replicas has to do. */
export function describeEventBus(name: string, openWorld: () => Promise<BusWorld>): void {
  describe(`EventBus: ${name}`, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).toReversed()) await end();
    });
    provesHints(async () => {
      const world = await openWorld();
      ends.push(() => world.end());
      return {
        jobsMax: world.jobsMax,
        async join() {
          const bus = await world.join();
          ends.push(() => bus.close());
          const heard: Hint[] = [];
          bus.listen((hint) => heard.push(hint));
          return { bus, heard };
        },
      };
    });
  });
}

interface Listening {
  bus: EventBus;
  heard: Hint[];
}

function provesHints(open: () => Promise<{ jobsMax: number; join(): Promise<Listening> }>): void {
  it('tells all others, and not who told it', async () => {
    const world = await open();
    const [first, second, third] = [await world.join(), await world.join(), await world.join()];
    first.bus.tell({ kind: 'logs', jobIds: ['job_1'] });
    for (const { heard } of [second, third]) {
      await vi.waitFor(
        () => expect(heard).toContainEqual({ kind: 'logs', jobIds: ['job_1'] }),
        20_000,
      );
    }
    expect(first.heard).toEqual([]);
  });

  it('puts together what is told in one turn', async () => {
    const world = await open();
    const [teller, listener] = [await world.join(), await world.join()];
    for (let seq = 1; seq <= 1_000; seq += 1) teller.bus.tell({ kind: 'events', seq });
    for (const jobId of ['job_1', 'job_2', 'job_1']) {
      teller.bus.tell({ kind: 'logs', jobIds: [jobId] });
    }
    const seqs = () => listener.heard.flatMap((hint) => (hint.kind === 'events' ? hint.seq : []));
    await vi.waitFor(() => expect(seqs().at(-1)).toBe(1_000), 20_000);
    expect(seqs().length).toBeLessThan(10);
    const jobs = () => listener.heard.flatMap((hint) => (hint.kind === 'logs' ? hint.jobIds : []));
    await vi.waitFor(() => expect(jobs()).toEqual(['job_1', 'job_2']), 20_000);
  });

  it('says that hints are missing where they are too many', async () => {
    const world = await open();
    const [teller, listener] = [await world.join(), await world.join()];
    for (let job = 0; job <= world.jobsMax; job += 1) {
      teller.bus.tell({ kind: 'logs', jobIds: [`job_${job}`] });
    }
    await vi.waitFor(() => expect(listener.heard).toContainEqual({ kind: 'gap' }), 20_000);
  });

  it('is silent once it is closed', async () => {
    const world = await open();
    const [teller, gone, other] = [await world.join(), await world.join(), await world.join()];
    await gone.bus.close();
    gone.bus.tell({ kind: 'events', seq: 1 });
    teller.bus.tell({ kind: 'events', seq: 2 });
    await vi.waitFor(() => expect(other.heard).toContainEqual({ kind: 'events', seq: 2 }), 20_000);
    expect(gone.heard).toEqual([]);
    expect(other.heard).not.toContainEqual({ kind: 'events', seq: 1 });
  });
}
