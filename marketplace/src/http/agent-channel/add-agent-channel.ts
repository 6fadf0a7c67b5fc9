import { agentChannelUrl } from '@node3/shared/routes/agent-channel';
import type { FastifyInstance } from 'fastify';
import type { UpgradeRoute } from '../route-upgrades.ts';
import { AgentChannel, type ChannelDeps } from './agent-channel.ts';

/** The agents' socket, with the life of the server. */
export function addAgentChannel(app: FastifyInstance, deps: ChannelDeps): UpgradeRoute {
  const channel = new AgentChannel(deps);
  app.addHook('onListen', async () => channel.start());
  app.addHook('preClose', () => channel.stop());
  return {
    path: agentChannelUrl,
    upgrade: (request, socket, head) => void channel.upgrade(request, socket, head),
  };
}
