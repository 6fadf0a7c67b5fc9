import { join } from 'node:path';
import type { BenchMarket } from './bench-market.ts';
import { forkServer } from './contender.ts';
import { jobBody } from './market-load.ts';
import { WireClient } from './wire-client.ts';

/** Requests a second of one durable POST and one GET, ours and Fastify's own. */
export interface RouteSample {
  post: number;
  get: number;
}

export interface RouteContender {
  name: string;
  measure(secs: number): Promise<RouteSample>;
  leave(): Promise<void>;
}

const connections = 64;
const padding = 'x'.repeat(300);

/** @param requesterKey of an account whose jobs nobody takes: they are posted and stay queued. */
export function enterMarketRoutes(market: BenchMarket, requesterKey: string): RouteContender {
  const client = new WireClient(market.network.marketplaceUrl, connections, {
    authorization: `Bearer ${requesterKey}`,
  });
  return routeContender('node3', client, '/api/v1/jobs', ({ jobId }) => String(jobId));
}

export async function enterBareFastify(folder: string): Promise<RouteContender> {
  const { url, child } = await forkServer('reference-fastify.ts', join(folder, 'fastify.db'));
  const client = new WireClient(url, connections);
  const contender = routeContender('bare Fastify', client, '/jobs', ({ id }) => String(id));
  return {
    ...contender,
    async leave() {
      await contender.leave();
      child.kill('SIGKILL');
    },
  };
}

function routeContender(
  name: string,
  client: WireClient,
  path: string,
  idOf: (answer: Record<string, unknown>) => string,
): RouteContender {
  return {
    name,
    async measure(secs) {
      let id = '';
      const post = await perSecond(secs, async () => {
        const body = jobBody({ sentAtMs: performance.now(), padding });
        const answer = await client.post(path, body);
        if (answer.status !== 201) throw new Error(`${name} refused: ${answer.body}`);
        if (id === '') id = idOf(JSON.parse(answer.body) as Record<string, unknown>);
      });
      const get = await perSecond(secs, async () => {
        const answer = await client.get(`${path}/${id}`);
        if (answer.status !== 200) throw new Error(`${name} refused: ${answer.body}`);
      });
      return { post, get };
    },
    async leave() {
      client.close();
    },
  };
}

async function perSecond(secs: number, call: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + secs * 1_000;
  let calls = 0;
  const caller = async () => {
    while (performance.now() < endsAt) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  return calls / ((performance.now() - startedAt) / 1_000);
}
