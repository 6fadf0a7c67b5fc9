import { ManualClock } from '@node3/shared/testing/manual-clock';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import { expect, it } from 'vitest';
import { Matchmaker } from '../matching/matchmaker.ts';
import type { ExecutionRow } from '../store/rows.ts';
import { testJob, testOffer } from '../testing/test-marketplace.ts';
import { Presence } from './presence.ts';
import { quoteJob } from './quote-job.ts';
import { StartWaits } from './start-waits.ts';

const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };

it('looks at every running execution once, however many agents there are', async () => {
  const clock = new ManualClock();
  const presence = new Presence(clock);
  const agentIds = Array.from({ length: 200 }, (_, index) => `agt_${index}`);
  for (const agentId of agentIds) {
    presence.seen({ agentId, wallet: 'wallet' }, 'instance-1').offer = testOffer();
  }
  let looks = 0;
  const live = agentIds.flatMap((agentId) =>
    Array.from({ length: 4 }, () => ({
      devices: [],
      get agentId() {
        looks += 1;
        return agentId;
      },
    })),
  ) as unknown as ExecutionRow[];
  const quote = await quoteJob(
    {
      store: { saveQuote: async () => {}, liveExecutions: async () => live },
      clock,
      ids: new SequentialIds(),
      presence,
      matchmaker: new Matchmaker({
        clock,
        simulated: 'allowed',
        lease: () => Promise.reject(new Error('nobody asks for work here')),
      }),
      startWaits: new StartWaits(),
      defaultImages: images,
      feeBasisPoints: 500,
      quoteMs: 60_000,
      simulated: 'allowed',
    },
    testJob(),
    null,
  );
  expect(quote.availability).toMatchObject({ agentsMatching: 200, agentsFree: 0 });
  expect(looks).toBe(800);
});
