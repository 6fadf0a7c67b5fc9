import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import type { BacalhauNode } from '@node3/shared/routes/bacalhau-models';
import * as contracts from '@node3/shared/routes/bacalhau-nodes';
import type { FastifyInstance } from 'fastify';
import {
  disableAgent,
  enableAgent,
  unregisterAgent,
} from '../../../services/change-agent-state.ts';
import type { AgentRow } from '../../../store/rows.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { viewNode } from './bacalhau-nodes.ts';
import { parseSelectors } from './label-selector.ts';

/** Of Bacalhau's API so much is spoken here. */
const apiVersion = { Major: '1', Minor: '8' };

export function addBacalhauNodeRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.bacalhauListNodes, {
    authenticate,
    async handler({ query }) {
      const fits = parseSelectors(query.labels);
      const [approval, status] = [query['filter-approval'], query['filter-status']];
      const nodes = (await readNodes(deps)).filter(
        ({ Info, Membership, ConnectionState }) =>
          fits(Info.Labels) &&
          isWord(approval, Membership) &&
          isWord(status, ConnectionState?.Status),
      );
      const ordered = query.reverse === true ? nodes.toReversed() : nodes;
      return { Nodes: ordered.slice(0, query.limit || limits.listPageMax), NextToken: '' };
    },
  });
  addRoute(app, contracts.bacalhauGetNode, {
    authenticate,
    async handler({ params: { nodeId } }) {
      const agent = await deps.store.agent(nodeId);
      if (agent === null || !isShown(agent)) throw new MarketError('AGENT_NOT_FOUND', { nodeId });
      const live = await deps.store.liveExecutions(nodeId);
      return { Node: viewNode(agent, live.length, deps.presence) };
    },
  });
  addRoute(app, contracts.bacalhauPutNode, {
    authenticate: deps.auth.operator,
    async handler({ params, body }) {
      const change = actions[body.Action];
      const request = {
        agentId: params.nodeId,
        by: 'operator',
        reason: body.Message ?? null,
      } as const;
      await change(deps, request);
      return { Success: true, Error: '' };
    },
  });
  addAgentRoutes(app, deps);
}

const actions = { approve: enableAgent, reject: disableAgent, delete: unregisterAgent } as const;

/** What the node that its clients talk to says about itself: that is the marketplace. */
function addAgentRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const [open, authenticate] = [deps.auth.public, deps.auth.requester];
  addRoute(app, contracts.bacalhauAlive, {
    authenticate: open,
    handler: async () => ({ Status: 'OK' }),
  });
  addRoute(app, contracts.bacalhauVersion, {
    authenticate: open,
    async handler() {
      const { Major, Minor } = apiVersion;
      return { ...apiVersion, GitVersion: `v${Major}.${Minor}.0+node3.${deps.version}` };
    },
  });
  addRoute(app, contracts.bacalhauAgentNode, {
    authenticate,
    handler: async () => ({
      Info: { NodeID: 'node3', NodeType: 'Requester' as const, Labels: {} },
      Membership: 'APPROVED' as const,
    }),
  });
  addRoute(app, contracts.bacalhauConfig, { authenticate, handler: async () => config });
  addRoute(app, contracts.bacalhauAuthConfig, {
    authenticate: open,
    // Empty as where Bacalhau has no provider: its CLI then asks for a key.
    handler: async () => ({ Version: '1', Config: {} }),
  });
  addRoute(app, contracts.bacalhauDebug, {
    authenticate: deps.auth.operator,
    handler: async () => [{ component: 'jobs', info: await deps.store.countJobs() }],
  });
}

/** What a job gets that says nothing, in the place where Bacalhau has it. */
const config = {
  config: {
    JobDefaults: {
      Batch: {
        Task: {
          Resources: {
            CPU: '1',
            Memory: `${limits.memoryBytesDefault / 1024 ** 2}MiB`,
            Disk: `${limits.diskBytesDefault / 1024 ** 2}MiB`,
          },
          Timeouts: { QueueTimeout: limits.queueSecDefault },
        },
      },
    },
  },
};

/** Registering is free: those that were never heard of must not push the others off the list. */
async function readNodes(deps: HttpDeps) {
  const [agents, live] = await Promise.all([deps.store.agents(), deps.store.liveExecutions(null)]);
  const running = new Map<string, number>();
  for (const { agentId } of live) running.set(agentId, (running.get(agentId) ?? 0) + 1);
  return agents
    .filter(isShown)
    .map((agent) => viewNode(agent, running.get(agent.agentId) ?? 0, deps.presence))
    .toSorted((a, b) => heardAt(b).localeCompare(heardAt(a)));
}

const heardAt = ({ ConnectionState }: BacalhauNode) => ConnectionState?.LastHeartbeat ?? '';
const isShown = ({ state }: AgentRow): boolean => state !== 'unregistered';

function isWord(wanted: string | undefined, word: string | undefined): boolean {
  return !wanted || wanted.toUpperCase() === word;
}
