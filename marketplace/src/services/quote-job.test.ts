import { ManualClock } from '@node3/shared/testing/manual-clock';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import { expect, it } from 'vitest';
import { sampleNeeds, sampleSpec } from '../domain/testing/matching-samples.ts';
import { FamiliarAgents } from '../matching/familiar-agents.ts';
import { Matchmaker } from '../matching/matchmaker.ts';
import type { ExecutionRow, JobRow } from '../store/rows.ts';
import { newAgentRow } from '../store/testing/agent-rows.ts';
import { testJob, testOffer } from '../testing/test-marketplace.ts';
import { Presence } from './presence.ts';
import { quoteJob } from './quote-job.ts';
import { StartWaits } from './start-waits.ts';
import { WorkBoard } from './work-board.ts';

const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };

it('counts the agents that can run a job, and those with room for it now', async () => {
  const clock = new ManualClock();
  const presence = new Presence(clock);
  const work = new WorkBoard();
  const needs = sampleNeeds();
  for (const agentId of ['agt_0', 'agt_1', 'agt_2']) {
    const agent = presence.seen(newAgentRow(agentId, 'wallet', 0), 'instance-1');
    presence.noteOffer(agent, testOffer({ slots: 1 }));
  }
  const running = {
    executionId: 'exe_1',
    jobId: 'job_1',
    attempt: 1,
    agentId: 'agt_1',
    devices: [],
    leasedAtMs: 0,
  };
  work.started(
    { spec: sampleSpec(), accountId: 'acc_1' } as unknown as JobRow,
    running as unknown as ExecutionRow,
  );
  expect(work.of('agt_1')).toMatchObject([{ ...running, needs }]);
  const deps = {
    store: { saveQuote: async () => {} },
    clock,
    ids: new SequentialIds(),
    presence,
    work,
    matchmaker: new Matchmaker({
      clock,
      simulated: 'allowed',
      familiar: new FamiliarAgents(),
      lease: () => Promise.reject(new Error('no agent is idle here')),
    }),
    startWaits: new StartWaits(),
    defaultImages: images,
    feeBasisPoints: 500,
    quoteMs: 60_000,
    simulated: 'allowed' as const,
  };
  const before = await quoteJob(deps, testJob(), null);
  expect(before.availability).toMatchObject({ agentsMatching: 3, agentsFree: 2 });
  work.ended(running);
  const after = await quoteJob(deps, testJob(), null);
  expect(after.availability).toMatchObject({ agentsMatching: 3, agentsFree: 3 });
});
