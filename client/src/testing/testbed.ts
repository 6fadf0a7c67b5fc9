import { type CuttingProxy, startCuttingProxy } from '@node3/marketplace/testing/cutting-proxy';
import { fenceOf, testAgentCalls } from '@node3/marketplace/testing/test-agent';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { appendLogs } from '@node3/shared/routes/agents';
import { usdc } from '../money.ts';
import { Node3, type Node3Options } from '../node3.ts';
import type { JobSpec } from '../types/job-spec.ts';

type Requester = Awaited<ReturnType<typeof openFundedAccount>>;

/** The real marketplace with a requester, and between them a proxy that loses connections. */
export class Testbed {
  readonly market: TestMarketplace;
  readonly proxy: CuttingProxy;
  readonly requester: Requester;
  readonly url: string;

  constructor(market: TestMarketplace, proxy: CuttingProxy, requester: Requester) {
    this.market = market;
    this.proxy = proxy;
    this.requester = requester;
    this.url = `http://127.0.0.1:${proxy.port}`;
  }

  static async start(): Promise<Testbed> {
    const market = await startTestMarketplace();
    const proxy = await startCuttingProxy(Number(new URL(market.url).port));
    const funds = { USDC: 1_000_000_000n, SOL: 1_000_000_000n };
    return new Testbed(market, proxy, await openFundedAccount(market, funds));
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.market.stop();
  }

  /** A client of the requester, through the proxy. */
  client(options: Partial<Node3Options> = {}): Node3 {
    return new Node3({ url: this.url, apiKey: this.requester.apiKey, ...options });
  }

  /** An agent that takes the next job, and what it does with it. */
  async takeJob() {
    const agent = await registerTestAgent(this.market);
    const calls = testAgentCalls(agent.client);
    const offer = await calls.offer();
    await calls.run(offer);
    let seqFirst = 1;
    return {
      agentId: agent.agentId,
      end: (result: Parameters<typeof calls.report>[1] = {}) => calls.report(offer, result),
      async write(...texts: string[]) {
        const lines = texts.map((text) => ({
          text,
          stream: 'stdout' as const,
          atMs: 1_000,
          partial: false,
        }));
        const params = { executionId: offer.executionId };
        const body = { ...fenceOf(offer), seqFirst, lines };
        seqFirst += lines.length;
        await agent.client.call(appendLogs, { params, body });
      },
    };
  }
}

/** A job with a reward in USDC; with the fee of 5 % it costs 0.105 USDC. */
export function usdcSpec(overrides: Partial<JobSpec> = {}): JobSpec {
  return {
    workload: { kind: 'container', command: ['true'] },
    price: { kind: 'fixed', reward: usdc('0.1') },
    ...overrides,
  };
}
