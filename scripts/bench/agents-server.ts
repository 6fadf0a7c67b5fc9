import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createApiKey } from '@node3/marketplace/services/api-key';
import { newAgentRow } from '@node3/marketplace/store/testing/agent-rows';
import { startTestMarketplace, testWallet } from '@node3/marketplace/testing/test-marketplace';
import { systemIds } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { type WebSocket, WebSocketServer } from 'ws';
import { serveOperations } from './process-operations.ts';

/**
 * Forked by the bench of connected agents: the real service over a real database without a chain, or
 * a bare server that does nothing with a socket but answer it.
 */
interface Sockets {
  url: string;
  /** Sends each connected agent one small message. */
  notify(): void;
}

interface Agents {
  agentIds: string[];
  keys: string[];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
let sockets: Sockets | null = null;

/** Fills a database in a process of its own, so that its garbage is not counted as the service's. */
async function seed(folder: string, count: number): Promise<Agents> {
  const market = await startTestMarketplace({ folder });
  const agents: Agents = { agentIds: [], keys: [] };
  const { address } = testWallet();
  const nowMs = Date.now();
  const register = async () => {
    const agentId = systemIds.next('agent');
    const { apiKey, row } = createApiKey(systemIds, { kind: 'agent', agentId }, nowMs);
    agents.agentIds.push(agentId);
    agents.keys.push(apiKey);
    const agent = newAgentRow(agentId, address, nowMs);
    await market.store.registerAgent({ agent, key: row, token: null, events: [] });
  };
  await Promise.all(Array.from({ length: count }, register));
  await market.stop();
  return agents;
}

async function openMarket(folder: string, agentIds: readonly string[]): Promise<Sockets> {
  const market = await startTestMarketplace({ folder });
  return {
    url: market.url,
    notify() {
      for (const agentId of agentIds) {
        const executionId = systemIds.next('execution');
        market.agentLinks.of(agentId)?.say({ type: 'cancel', executionId, attempt: 1 });
      }
    },
  };
}

async function openBare(): Promise<Sockets> {
  const http = createServer();
  const open = new Set<WebSocket>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.agentFrameBytes,
  });
  http.on('upgrade', (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (opened) => {
      open.add(opened);
      opened.on('close', () => open.delete(opened));
      opened.on('message', () => opened.send('{"type":"reply"}'));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const message = JSON.stringify({ type: 'cancel', seq: 1, executionId: 'x'.repeat(30) });
  return {
    url: `http://127.0.0.1:${port}`,
    notify() {
      for (const socket of open) socket.send(message);
    },
  };
}

serveOperations({
  seed: ({ folder, count }) => seed(folder as string, Number(count)),
  async open({ folder, agentIds }) {
    const isBare = folder === undefined;
    sockets = isBare ? await openBare() : await openMarket(folder as string, agentIds as string[]);
    return sockets.url;
  },
  notify: () => sockets?.notify(),
  stat() {
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    return { rssBytes: rss, heapBytes: heapUsed };
  },
});
