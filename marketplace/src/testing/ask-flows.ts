import type { RouteContract } from '@node3/shared/contract';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import * as flows from '@node3/shared/routes/flows';
import * as runs from '@node3/shared/routes/redmind';
import { vi } from 'vitest';

type Ask = (contract: RouteContract, args?: object) => Promise<unknown>;

/** Asks every endpoint for flows and runs once. */
export async function askFlows(ask: Ask): Promise<void> {
  const graph = {
    start: 'in',
    nodes: [
      { id: 'in', type: 'input', typeVersion: '1', label: 'Begin', ui: { x: 1, y: 2 } },
      { id: 'out', type: 'output', config: { value: { name: '{{input.name}}' } } },
    ],
    edges: [{ id: 'e1', source: 'in', target: 'out' }],
  };
  const body = { name: 'greet', graph, secrets: { TOKEN: 'abcdefgh' } };
  const { flowId } = (await ask(flows.createFlow, { body })) as flows.FlowDetail;
  const params = { flowId };
  await ask(flows.listFlows);
  await ask(flows.putFlow, { params, body: { name: 'greet', graph } });
  await ask(flows.getFlow, { params, query: { version: 1 } });
  const input = { name: 'Ada' };
  const started = await ask(runs.startRun, { body: { flow_id: flowId, input } });
  const { runId } = started as runs.RunStarted;
  await vi.waitFor(
    async () => {
      const { status } = (await ask(runs.getRun, { params: { runId } })) as runs.RunDetail;
      if (!isTerminalFlowRun(status)) throw new Error(`the run is ${status}`);
    },
    { timeout: 20_000 },
  );
  await ask(runs.rerunRun, { params: { runId }, body: { from_node: 'out' } });
  const slow = {
    ...graph,
    nodes: [graph.nodes[0], { id: 'out', type: 'wait', config: { seconds: 600 } }],
  };
  const waiting = (await ask(runs.testRun, { body: { flow: slow } })) as runs.RunStarted;
  await ask(runs.cancelRun, { params: { runId: waiting.runId } });
  await ask(runs.getRun, { params: { runId: waiting.runId } });
  await ask(flows.getRunGraph, { params: { runId } });
  await ask(flows.getRunCost, { params: { runId } });
  await ask(runs.listRuns, { query: { flowId } });
  await ask(flows.deleteFlow, { params });
}
