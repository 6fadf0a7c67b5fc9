import { registerTestAgent } from '@node3/marketplace/testing/test-marketplace';
import { createClient } from '@node3/shared/client';
import { type DevNetwork, startDevNetwork } from '../dev-network.ts';
import { freePort } from '../marketplace-process.ts';
import { type Contender, programPath } from './contender.ts';
import { Load } from './load.ts';
import type { MarketTarget } from './market-load.ts';

/**
 * The real marketplace in a process of its own, with an account whose money came over the embedded
 * chain. Payouts become due a day later, so that they are stored and not sent: the payments bench
 * measures the sending.
 */
export interface BenchMarket {
  network: DevNetwork;
  requesterKey: string;
  pid(): number;
  /** Commits so far. */
  commits(): Promise<number>;
  registerAgents(count: number): Promise<string[]>;
  /** Starts a CPU profile of the service, or ends it and returns it. */
  profile(step: 'start' | 'stop'): Promise<unknown>;
  stop(): Promise<void>;
}

const funds = { lamports: 900_000_000_000n, usdcBaseUnits: 0n };
const holdbackSec = 86_400;
const probeMsMax = 10_000;

export async function startBenchMarket(): Promise<BenchMarket> {
  const probePort = await freePort();
  const network = await startDevNetwork({
    marketplaceIn: 'child',
    childEnv: {
      UNITS_PER_MINUTE: '0',
      PAYOUT_HOLDBACK_SEC: String(holdbackSec),
      NODE_OPTIONS: `--import ${new URL('probe.ts', import.meta.url).href}`,
      NODE3_BENCH_PROBE_PORT: String(probePort),
    },
  });
  const { apiKey } = await network.openRequester(funds);
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${probePort}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(probeMsMax),
    });
    return response.json();
  };
  let registered = 0;
  return {
    network,
    requesterKey: apiKey,
    pid: () => network.child?.pid() ?? 0,
    async commits() {
      const { commits } = (await ask('/')) as { commits: number };
      return commits;
    },
    async registerAgents(count) {
      const url = network.marketplaceUrl;
      const anonymous = createClient({ baseUrl: url });
      const keys: string[] = [];
      for (let index = 0; index < count; index += 1) {
        registered += 1;
        keys.push((await registerTestAgent({ anonymous, url }, `bench-${registered}`)).apiKey);
      }
      return keys;
    },
    profile: (step) => ask(`/profile/${step}`),
    stop: () => network.stop(),
  };
}

/** Of 50 slots each: the hundred jobs at a time that every contender may run. */
const agents = 2;

/** Whoever produces, these agents take the jobs: a marketplace has no queue for each of them. */
export async function enterMarket(
  market: BenchMarket,
  producers: Readonly<Record<string, MarketTarget['producer']>>,
): Promise<Contender[]> {
  const program = programPath('load-process.ts');
  const target = {
    kind: 'market' as const,
    url: market.network.marketplaceUrl,
    requesterKey: market.requesterKey,
    agentKeys: await market.registerAgents(agents),
  };
  const worker = new Load(program, {});
  await worker.call('init', { ...target });
  await worker.call('work');
  const enter = async ([name, producer]: [
    string,
    MarketTarget['producer'],
  ]): Promise<Contender> => {
    const load = new Load(program, {});
    await load.call('init', { ...target, producer });
    await load.call('prod');
    return {
      name,
      producer: load,
      worker,
      serverPids: () => [market.pid()],
      commits: () => market.commits(),
      async leave() {
        await Promise.all([load.stop(), worker.stop()]);
      },
    };
  };
  return Promise.all(Object.entries(producers).map(enter));
}
