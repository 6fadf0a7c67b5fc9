import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { getJob } from '@node3/shared/routes/jobs';
import type { RunDetail } from '@node3/shared/routes/redmind';
import { expect, vi } from 'vitest';
import { testAgentCalls } from './test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  testJob,
} from './test-marketplace.ts';

/** What a request of a step looked like. */
interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** Whether its connection was closed before it was answered. */
  closed: boolean;
}

/** A server for steps: `/slow` never answers, `/fail` answers 503, all else echoes what came. */
async function startFlowServer() {
  const received: Received[] = [];
  const server = createServer((request, response) => void answer(request, response, received));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    to: (path: string) => received.filter((one) => one.path === path),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, received: Received[]) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method = '', url: path = '', headers } = request;
  const body = Buffer.concat(pieces).toString();
  const one: Received = { method, path, headers, body, closed: false };
  response.once('close', () => {
    one.closed = !response.writableEnded;
  });
  received.push(one);
  if (path === '/slow') return;
  response.statusCode = path === '/fail' ? 503 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ method, path, token: headers.authorization ?? null, body }));
}

/** Fields of answers that tests go on with; which ones an answer has, they say themselves. */
interface SeedReply extends RunDetail {
  flowId: string;
  code: string;
  errors: { pointer: string }[];
  data: Partial<RunDetail>[];
  nextCursor: string | null;
}

/** Speaks to the API as the seed's own client does: plain HTTP, a key and a project. */
export function redmindClient(url: string, apiKey: string | null, project?: string) {
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
        ...(project !== undefined && { 'x-project-id': project }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as SeedReply };
  }
  const get = async (runId: string): Promise<RunDetail> =>
    (await ask('GET', `/runs/${runId}`)).body;
  return {
    ask,
    get,
    async start(flow: FlowGraph, more: object = {}): Promise<string> {
      const { status, body } = await ask('POST', '/runs', { flow, ...more });
      expect([status, body]).toMatchObject([200, { status: 'running' }]);
      return body.runId;
    },
    /** Asks until a step is in a state, as an editor does that highlights it. */
    async untilStep(runId: string, nodeId: string, status: string): Promise<RunDetail> {
      return vi.waitFor(
        async () => {
          const run = await get(runId);
          expect(stepOf(run, nodeId).status, JSON.stringify(run)).toBe(status);
          return run;
        },
        { timeout: 20_000, interval: 20 },
      );
    },
    async untilOver(runId: string): Promise<RunDetail> {
      return vi.waitFor(
        async () => {
          const run = await get(runId);
          expect(isTerminalFlowRun(run.status), JSON.stringify(run)).toBe(true);
          return run;
        },
        { timeout: 20_000, interval: 20 },
      );
    },
  };
}

export function stepOf({ trace }: RunDetail, nodeId: string): RunDetail['trace'][number] {
  const step = trace.find((one) => one.nodeId === nodeId);
  if (step === undefined) throw new Error(`no step ${nodeId}`);
  return step;
}

export const statesOf = ({ trace }: RunDetail): string[] =>
  trace.map(({ nodeId, status }) => `${nodeId} ${status}`);

type Node = FlowGraph['nodes'][number];

/** Steps one after the other. */
export function chain(...nodes: Node[]): FlowGraph {
  const edges = nodes.slice(1).map(({ id }, i) => ({
    id: `e${i}`,
    source: nodes[i]?.id ?? '',
    target: id,
  }));
  return { start: nodes[0]?.id ?? '', nodes, edges };
}

export const inputNode = { id: 'in', type: 'input' as const };
export const jobNode = (id: string, changes: Parameters<typeof testJob>[0] = {}): Node => ({
  id,
  type: 'job',
  config: { spec: testJob(changes) },
});
export const waitNode = (id: string, seconds: number): Node => ({
  id,
  type: 'wait',
  config: { seconds },
});

/** A marketplace with an account, an agent that is led by hand, and a server for requests. */
export async function startFlowWorld() {
  const market = await startTestMarketplace();
  const requester = await openFundedAccount(market);
  const { client: agentClient } = await registerTestAgent(market);
  const agent = testAgentCalls(agentClient);
  await agent.poll();
  const server = await startFlowServer();
  const jobOf = (jobId: string | null) =>
    requester.client.call(getJob, { params: { jobId: jobId ?? '' } });
  return {
    market,
    requester,
    agent,
    agentClient,
    server,
    seed: redmindClient(market.url, requester.apiKey),
    jobOf,
    http: (id: string, path: string, config: object = {}) => ({
      id,
      type: 'http' as const,
      config: { url: `${server.url}${path}`, ...config },
    }),
    /** Gives up only after longer than any test waits: so whoever ends it earlier has stopped it. */
    slow: (id: string) => ({
      id,
      type: 'llm' as const,
      config: { url: `${server.url}/slow` },
    }),
    /** Of an agent that may be told to stop something before. */
    async nextOffer() {
      for (;;) {
        const offer = (await agent.poll({ waitSec: 10 })).find(({ type }) => type === 'offer');
        if (offer?.type === 'offer') return offer;
      }
    },
    untilJob(jobId: string | null, state: string) {
      return vi.waitFor(async () => expect((await jobOf(jobId)).state).toBe(state), 20_000);
    },
    async stop() {
      await market.stop();
      await server.stop();
    },
  };
}
export type FlowWorld = Awaited<ReturnType<typeof startFlowWorld>>;
