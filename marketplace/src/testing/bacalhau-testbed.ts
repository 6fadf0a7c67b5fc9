import { createHash } from 'node:crypto';
import type { Device } from '@node3/shared/device';
import { appendLogs, type ExecutionOffer, type ExecutionResult } from '@node3/shared/routes/agents';
import { completeOutputUpload, createOutputUpload } from '@node3/shared/routes/artifacts';
import type { LogStream } from '@node3/shared/routes/jobs';
import { WebSocket } from 'ws';
import { fenceOf, testAgentCalls } from './test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from './test-marketplace.ts';

export const testGpu: Device = {
  id: 'GPU-1',
  vendor: 'amd',
  model: 'AMD Instinct MI300X',
  modelId: 'mi300x',
  memoryBytes: 192 * 1024 ** 3,
  computeCapability: null,
  driverVersion: null,
  simulated: false,
};

export interface BacalhauAnswer<Body> {
  status: number;
  body: Body;
}

export interface Written {
  stream: LogStream;
  text: string;
}

/** A marketplace with an account and an agent, asked as Bacalhau's clients ask: by plain HTTP and sockets. */
export class BacalhauTestbed {
  readonly market: TestMarketplace;
  readonly apiKey: string;
  readonly accountId: string;
  readonly agentId: string;
  readonly calls: ReturnType<typeof testAgentCalls>;
  readonly #agent: Awaited<ReturnType<typeof registerTestAgent>>;

  private constructor(
    market: TestMarketplace,
    account: Awaited<ReturnType<typeof openFundedAccount>>,
    agent: Awaited<ReturnType<typeof registerTestAgent>>,
  ) {
    this.market = market;
    this.apiKey = account.apiKey;
    this.accountId = account.accountId;
    this.agentId = agent.agentId;
    this.#agent = agent;
    this.calls = testAgentCalls(agent.client, { devices: [testGpu], labels: { site: 'lab' } });
  }

  static async start(): Promise<BacalhauTestbed> {
    const market = await startTestMarketplace();
    const account = await openFundedAccount(market, { USDC: 10n ** 12n });
    const bed = new BacalhauTestbed(market, account, await registerTestAgent(market));
    await bed.calls.poll({ claimId: null });
    return bed;
  }

  stop(): Promise<void> {
    return this.market.stop();
  }

  /** @param authorization null for none. */
  async ask<Body>(
    method: string,
    path: string,
    body?: unknown,
    authorization: string | null = `Bearer ${this.apiKey}`,
  ): Promise<BacalhauAnswer<Body>> {
    const response = await fetch(`${this.market.url}/api/v1/${path}`, {
      method,
      headers: {
        'accept-encoding': 'gzip',
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  submit(job: unknown, force = false) {
    // With the fields of its base request, as Go's encoder writes them.
    const body = { Namespace: '', IdempotencyToken: '', Job: job, Force: force };
    return this.ask<{ JobID: string; EvaluationID: string; Warnings: string[] }>(
      'PUT',
      'orchestrator/jobs',
      body,
    );
  }

  /** The agent takes the next execution and lets it run. */
  async begin(): Promise<ExecutionOffer> {
    const offer = await this.calls.offer();
    await this.calls.run(offer);
    return offer;
  }

  async write(offer: ExecutionOffer, seqFirst: number, lines: readonly Written[]): Promise<void> {
    await this.#agent.client.call(appendLogs, {
      params: { executionId: offer.executionId },
      body: {
        ...fenceOf(offer),
        seqFirst,
        lines: lines.map((line) => ({ ...line, atMs: Date.now(), partial: false })),
      },
    });
  }

  /** Keeps a file of the execution. */
  async keep(offer: ExecutionOffer, name: string, content: string): Promise<void> {
    const fence = fenceOf(offer);
    const params = { executionId: offer.executionId };
    const bytes = Buffer.from(content);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const body = { ...fence, name, bytes: bytes.length, sha256 };
    const { client } = this.#agent;
    const { artifactId } = await client.call(createOutputUpload, { params, body });
    const path = `executions/${offer.executionId}/uploads/${artifactId}/parts/0`;
    const response = await fetch(`${this.market.url}/api/v1/${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.#agent.apiKey}`,
        'content-type': 'application/octet-stream',
        'lease-attempt': String(fence.attempt),
        'lease-token': fence.leaseToken,
      },
      body: bytes,
    });
    if (!response.ok) throw new Error(await response.text());
    await client.call(completeOutputUpload, { params: { ...params, artifactId }, body: fence });
  }

  /** Runs the next execution to its end. */
  async runNext(
    result: Partial<ExecutionResult> = {},
    lines: readonly Written[] = [],
  ): Promise<ExecutionOffer> {
    const offer = await this.begin();
    if (lines.length > 0) await this.write(offer, 1, lines);
    await this.calls.report(offer, { logLines: lines.length, ...result });
    return offer;
  }

  /** Opens the logs of a job. The frames come until the socket ends, with the code it ends with. */
  logs(jobId: string, query = '', authorization = `Bearer ${this.apiKey}`) {
    const url = `${this.market.url.replace('http', 'ws')}/api/v1/orchestrator/jobs/${jobId}/logs`;
    const socket = new WebSocket(`${url}?${query}`, { headers: { authorization } });
    const frames: unknown[] = [];
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString('utf8'))));
    const ended = new Promise<number>((resolve) => {
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('error', () => undefined);
      socket.once('close', (code) => resolve(code));
    });
    return { frames, ended };
  }
}

/** What Go's encoder writes for `bacalhau docker run`: every field, and null for what is empty. */
export function goJob(
  changes: Record<string, unknown> = {},
  task: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    ID: '',
    Name: '',
    Namespace: 'default',
    Type: 'batch',
    Priority: 0,
    Count: 1,
    Constraints: null,
    Meta: null,
    Labels: null,
    Tasks: [
      {
        Name: 'main',
        Engine: {
          Type: 'docker',
          Params: {
            Image: 'python:3.11-slim',
            Entrypoint: ['/bin/bash', '-c'],
            Parameters: ['echo 1'],
            EnvironmentVariables: null,
            WorkingDirectory: '',
          },
        },
        Publisher: { Type: '', Params: null },
        Env: null,
        Meta: null,
        InputSources: null,
        ResultPaths: null,
        Resources: { CPU: '500m', Memory: '512Mb', Disk: '', GPU: '' },
        Network: { Type: 'None', Domains: null, Ports: null },
        Timeouts: { ExecutionTimeout: 60, QueueTimeout: 30, TotalTimeout: 0 },
        ...task,
      },
    ],
    State: { StateType: 'Undefined', Message: '' },
    Version: 0,
    Revision: 0,
    CreateTime: 0,
    ModifyTime: 0,
    ...changes,
  };
}
