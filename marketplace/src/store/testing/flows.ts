import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import { flowJobKey } from '../../domain/flow-job-key.ts';
import type { FlowRow, FlowRunRow, FlowStepRow, NewFlowRun } from '../flow-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

const graph = { start: 'a', nodes: [{ id: 'a', type: 'input' as const }], edges: [] };

function newFlow(world: World, accountId: string): FlowRow {
  return {
    flowId: world.ids.next('flow'),
    accountId,
    name: 'one',
    version: 1,
    project: 'p',
    createdAtMs: 5,
    updatedAtMs: 5,
    graph,
    sealed: { TOKEN: 'sealed' },
  };
}

const pending: FlowStepRow = {
  nodeId: 'a',
  state: 'pending',
  branch: null,
  input: null,
  output: null,
  error: null,
  jobId: null,
  takenFrom: null,
  startedAtMs: null,
  endedAtMs: null,
};

function newRun(world: World, accountId: string, changes: Partial<FlowRunRow> = {}): NewFlowRun {
  const run: FlowRunRow = {
    runId: world.ids.next('flowRun'),
    accountId,
    keyId: null,
    flowId: 'flw_1',
    flowVersion: 1,
    project: 'p',
    state: 'running',
    graph,
    input: { n: 1 },
    sealed: {},
    error: null,
    timeoutSec: 300,
    rerunOf: null,
    createdAtMs: 10,
    endedAtMs: null,
    ...changes,
  };
  const given = { idempotency: null, openMax: 9, kept: 9, events: [] };
  return { run, steps: [pending, { ...pending, nodeId: 'b' }], owner: 'me', ...given };
}

const over = (state: 'completed' | 'cancelled') => () => ({
  run: { state, endedAtMs: 30 },
  steps: [],
  events: [],
});

/** Uses each method of the store for flows at least once. */
export async function liveThroughFlows(world: World): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount();
  const flow = newFlow(world, accountId);
  await store.createFlow(flow, 9, []);
  await store.flow(flow.flowId, 1);
  await store.listFlows({ accountId, project: null, beforeFlowId: null, limit: 9 });
  await store.addFlowVersion(flow.flowId, (row) => ({ flow: { ...row, version: 2 }, events: [] }));
  await store.deleteFlow(flow.flowId, () => []);
  const created = newRun(world, accountId);
  const { runId } = created.run;
  const idempotency = { key: 'k', requestHash: 'h' };
  await store.createFlowRun({ ...created, idempotency });
  await store.flowRunBefore(accountId, idempotency);
  await store.changeFlowRun(runId, null, () => ({
    steps: [{ nodeId: 'a', state: 'running', startedAtMs: 1 }],
    events: [],
  }));
  await store.takeFlowRuns('other', 20, 9);
  await store.changeFlowRun(runId, null, over('completed'));
  await store.closeFlowRun(runId, { owner: 'other', token: 2 });
  await store.flowRun(runId);
  await store.flowRunCosts(runId);
  const every = { flowId: null, project: null, state: null, beforeRunId: null };
  await store.listFlowRuns({ ...every, accountId, limit: 9 });
  await store.createFlowRun({ ...newRun(world, accountId), kept: 0 });
}

export function describeFlows(given: Given): void {
  describe('flows', () => {
    it('are kept in versions that never change, and removed', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const flow = newFlow(world, accountId);
      const { flowId } = flow;
      const events = [eventOf(accountId, 'flow.created')];
      await world.store.createFlow(flow, 1, events);
      await expect(world.store.createFlow(newFlow(world, accountId), 1, [])).rejects.toMatchObject({
        code: 'LIMIT_REACHED',
      });
      const next = { ...flow, name: 'two', version: 2, updatedAtMs: 7, sealed: {} };
      await world.store.addFlowVersion(flowId, (row) => {
        expect(row).toEqual(flow);
        return { flow: next, events: [] };
      });
      const store = await given.reopen();
      expect(await store.flow(flowId, null)).toEqual(next);
      expect(await store.flow(flowId, 1)).toEqual(flow);
      expect(await store.flow(flowId, 3)).toBeNull();
      const query = { accountId, beforeFlowId: null, limit: 9 };
      const { graph: _graph, sealed: _sealed, ...listing } = next;
      expect(await store.listFlows({ ...query, project: 'p' })).toEqual([listing]);
      expect(await store.listFlows({ ...query, project: 'q' })).toEqual([]);
      await store.deleteFlow(flowId, () => [eventOf(accountId, 'flow.deleted')]);
      expect(await store.flow(flowId, null)).toBeNull();
      const logged = await store.eventsAfter(0, 100);
      const ours = logged.map(({ name }) => name).filter((name) => name.startsWith('flow.'));
      expect(ours).toEqual(['flow.created', 'flow.deleted']);
    });
  });

  describe('runs of flows', () => {
    it('are stored with their steps, once for one key', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const created = newRun(world, accountId);
      const idempotency = { key: 'k', requestHash: 'h' };
      await world.store.createFlowRun({ ...created, idempotency });
      const store = await given.reopen();
      expect(await store.flowRun(created.run.runId)).toEqual({
        run: created.run,
        steps: created.steps,
      });
      const again = await store.createFlowRun({ ...newRun(world, accountId), idempotency });
      expect(again).toEqual({ run: created.run, token: 1, replayed: true });
      const other = { key: 'k', requestHash: 'other' };
      expect(await store.flowRunBefore(accountId, idempotency)).toEqual(created.run);
      expect(await store.flowRunBefore(accountId, { ...other, key: 'unknown' })).toBeNull();
      await expect(store.flowRunBefore(accountId, other)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      });
      await expect(
        store.createFlowRun({ ...newRun(world, accountId), idempotency: other }),
      ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
      await expect(
        store.createFlowRun({ ...newRun(world, accountId), openMax: 1 }),
      ).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    });

    it('change only for who drives them, and not once they are over', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const { run } = newRun(world, accountId);
      await store.createFlowRun({ ...newRun(world, accountId), run });
      const { runId } = run;
      const start = () => ({
        steps: [{ nodeId: 'a', state: 'running' as const, startedAtMs: 20, jobId: 'job_1' }],
        events: [eventOf(accountId, 'flow-step.started')],
      });
      const mine = { owner: 'me', token: 1 };
      const sight = await store.changeFlowRun(runId, mine, start);
      expect(sight?.steps).toMatchObject([
        { nodeId: 'a', state: 'running', startedAtMs: 20, jobId: 'job_1' },
        { nodeId: 'b', state: 'pending' },
      ]);
      expect(await store.changeFlowRun(runId, { ...mine, token: 2 }, start)).toBeNull();
      const error = { code: 'X', message: 'x' };
      await store.changeFlowRun(runId, mine, () => ({
        steps: [
          { nodeId: 'a', state: 'completed', output: [null, 'y'], input: 1, endedAtMs: 25 },
          { nodeId: 'b', state: 'skipped', endedAtMs: 25 },
        ],
        run: { state: 'error', error, endedAtMs: 30 },
        events: [],
      }));
      const found = await store.flowRun(runId);
      expect(found?.run).toEqual({ ...run, state: 'error', error, endedAtMs: 30 });
      expect(found?.steps[0]).toEqual({
        ...pending,
        state: 'completed',
        input: 1,
        output: [null, 'y'],
        jobId: 'job_1',
        startedAtMs: 20,
        endedAtMs: 25,
      });
      await expect(store.changeFlowRun(runId, mine, over('cancelled'))).rejects.toThrow();
      await expect(store.changeFlowRun(runId, mine, start)).rejects.toThrow();
    });

    it('go to one who takes them over, from who lives no more', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const { run } = newRun(world, accountId);
      await store.createFlowRun({ ...newRun(world, accountId), run });
      await store.createFlowRun({ ...newRun(world, accountId), owner: 'alive' });
      const hold = { replicaId: 'alive', untilMs: 1_000, nowMs: 10, leaseMs: 1 };
      await store.holdReplica(hold);
      expect(await store.takeFlowRuns('me', 20, 9)).toEqual([]);
      expect(await store.takeFlowRuns('heir', 20, 9)).toEqual([{ runId: run.runId, token: 2 }]);
      expect(await store.takeFlowRuns('heir', 20, 9)).toEqual([]);
      const { runId } = run;
      expect(await store.changeFlowRun(runId, { owner: 'me', token: 1 }, () => null)).toBeNull();
      await store.changeFlowRun(runId, { owner: 'heir', token: 2 }, over('completed'));
      expect(await store.closeFlowRun(runId, { owner: 'me', token: 1 })).toBe(false);
      expect(await store.closeFlowRun(runId, { owner: 'heir', token: 2 })).toBe(true);
      expect(await store.takeFlowRuns('third', 2_000, 9)).toMatchObject([{ token: 2 }]);
    });

    it('cost what their own jobs were charged, and hold what the open ones may cost', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(10_000n);
      const agentId = await world.registerAgent();
      const execution = await world.lease(accountId, agentId, 1_000n);
      await world.start(execution);
      await world.succeed(execution);
      const open = await world.post(accountId, 200n);
      const earlier = await world.post(accountId, 40n);
      const created = newRun(world, accountId);
      const steps = [execution.jobId, open.jobId, earlier.jobId, null].map((jobId, index) => ({
        ...pending,
        nodeId: `n${index}`,
        jobId,
        takenFrom: jobId === earlier.jobId ? 'run_before' : null,
      }));
      await store.createFlowRun({ ...created, steps });
      const { runId } = created.run;
      const cost = { asset: 'USDC', charged: 1_000n };
      expect(await store.flowRunCosts(runId)).toEqual([{ ...cost, jobs: 2, held: 200n }]);
      // The run was stopped before the step could note what it had posted.
      const idempotency = { key: flowJobKey(runId, 'n3'), requestHash: 'h' };
      await store.postJob({ ...world.posting(accountId, 3n), idempotency });
      expect(await store.flowRunCosts(runId)).toEqual([{ ...cost, jobs: 3, held: 203n }]);
      expect(await store.flowRunCosts('run_none')).toEqual([]);
    });

    it('are listed with what their flow is called now', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const flow = newFlow(world, accountId);
      const { flowId } = flow;
      await store.createFlow(flow, 9, []);
      await store.createFlowRun(newRun(world, accountId, { flowId }));
      await store.createFlowRun(newRun(world, accountId, { flowId: null }));
      const every = { flowId: null, project: null, state: null, beforeRunId: null };
      const names = async () =>
        (await store.listFlowRuns({ ...every, accountId, limit: 9 })).map(
          ({ flowName }) => flowName,
        );
      expect(await names()).toEqual([null, 'one']);
      await store.addFlowVersion(flowId, (row) => ({
        flow: { ...row, name: 'two', version: 2 },
        events: [],
      }));
      expect(await names()).toEqual([null, 'two']);
      await store.deleteFlow(flowId, () => []);
      expect(await names()).toEqual([null, null]);
    });

    it('are listed by flow, project and state, and forgotten once there are newer ones', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const runs: string[] = [];
      for (const changes of [{}, { flowId: null }, { project: null }]) {
        const created = newRun(world, accountId, changes);
        await store.createFlowRun(created);
        runs.push(created.run.runId);
      }
      const [first = '', second, third = ''] = runs;
      await store.changeFlowRun(first, null, over('completed'));
      const every = { flowId: null, project: null, state: null, beforeRunId: null };
      const list = async (query: object) =>
        (await store.listFlowRuns({ ...every, accountId, limit: 9, ...query })).map(
          ({ runId }) => runId,
        );
      expect(await list({})).toEqual([third, second, first]);
      expect(await list({ limit: 1, beforeRunId: third })).toEqual([second]);
      expect(await list({ flowId: 'flw_1' })).toEqual([third, first]);
      expect(await list({ project: 'p' })).toEqual([second, first]);
      expect(await list({ state: 'completed' })).toEqual([first]);
      await store.createFlowRun({ ...newRun(world, accountId), kept: 1 });
      expect(await store.flowRun(first), 'not closed yet').not.toBeNull();
      await store.closeFlowRun(first, { owner: 'me', token: 1 });
      await store.createFlowRun({ ...newRun(world, accountId), kept: 1 });
      expect(await store.flowRun(first)).toBeNull();
      expect(await store.flowRun(third), 'still open').not.toBeNull();
    });
  });
}

function eventOf(accountId: string, name: NewEvent['name']): NewEvent {
  const ids = { jobId: null, executionId: null };
  return { name, atMs: 1, actor: 'requester', accountId, ...ids, reason: null, data: {} };
}
