import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import { silentLogger } from '@node3/shared/logger';
import { getAdminStats } from '@node3/shared/routes/admin';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { type ReceivedSpan, type SpanReceiver, startSpanReceiver } from './span-receiver.ts';

const { docker, skip } = await findTestEngine();
const local = skip ? null : await ensureLocalImage({ docker, log: silentLogger });
const within = { timeout: 60_000, interval: 100 };

const callers = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

let receiver: SpanReceiver;
let network: DevNetwork;
let requester: Requester;

beforeAll(async () => {
  if (local === null) return;
  receiver = await startSpanReceiver();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  network = await startDevNetwork({ marketplaceIn: 'child', childEnv: tracing, agentEnv: tracing });
  await network.startAgentProcess('traced');
  requester = await network.openRequester();
  await vi.waitFor(async () => {
    const { overview } = await network.operator.call(getAdminStats, {});
    expect(overview.agents.online).toBe(1);
  }, within);
});

afterAll(async () => {
  if (local === null) return;
  await network.stop();
  await receiver.stop();
});

const secret = 'a-value-that-nobody-may-see';

async function post(command: string[], headers: Record<string, string> = {}): Promise<JobDetail> {
  const reply = await fetch(`${network.marketplaceUrl}/api/v1/jobs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${requester.apiKey}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({
      workload: { kind: 'container', image: local?.image, command, env: { SECRET: secret } },
      resources: { cpus: 0.2, memoryBytes: 64 * 1024 * 1024, diskBytes: 64 * 1024 * 1024 },
      price: { kind: 'fixed', reward: { amount: '0.01', asset: 'SOL' } },
    }),
  });
  expect(reply.status).toBe(201);
  return (await reply.json()) as JobDetail;
}

/** The spans of a job's trace, once they are all there. */
async function traceOf(jobId: string, names: readonly string[]): Promise<ReceivedSpan[]> {
  return vi.waitFor(() => {
    const own = receiver.spans.find(({ attributes }) => attributes['node3.job.id'] === jobId);
    const spans = receiver.spans.filter(({ traceId }) => traceId === own?.traceId);
    expect(spans.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
    return spans;
  }, within);
}

const whole = [
  'POST /api/v1/jobs',
  'job.match',
  'execution',
  'execution.pull',
  'execution.create',
  'execution.run',
  'execution.upload',
  'job.settle',
  'job.payout',
];

describe.skipIf(local === null)('the trace of a job', () => {
  it('is one tree of both processes, from its posting to its payout, in the trace of the caller', async () => {
    const { jobId } = await post(['true'], {
      traceparent: `00-${callers.traceId}-${callers.spanId}-01`,
    });
    const spans = await traceOf(jobId, whole);
    const byName = new Map(spans.map((span) => [span.name, span]));
    const parentNames = Object.fromEntries(
      spans.map(({ name, parentSpanId }) => [
        name,
        spans.find(({ spanId }) => spanId === parentSpanId)?.name ?? parentSpanId,
      ]),
    );
    expect(parentNames).toEqual({
      'POST /api/v1/jobs': callers.spanId,
      'job.match': 'POST /api/v1/jobs',
      execution: 'POST /api/v1/jobs',
      'execution.pull': 'execution',
      'execution.create': 'execution',
      'execution.run': 'execution',
      'execution.upload': 'POST /api/v1/jobs',
      'job.settle': 'POST /api/v1/jobs',
      'job.payout': 'POST /api/v1/jobs',
    });
    expect(byName.get('execution')?.service).toBe('node3-agent');
    expect(byName.get('job.payout')?.service).toBe('node3-marketplace');
    expect(spans.every(({ traceId }) => traceId === callers.traceId)).toBe(true);
    expect(spans.some(({ failed }) => failed)).toBe(false);
  });

  it('says what failed, and no secret', async () => {
    const { jobId } = await post(['false']);
    const settled = await vi.waitFor(() => {
      const found = receiver.spans.find(
        ({ name, attributes }) => name === 'job.settle' && attributes['node3.job.id'] === jobId,
      );
      expect(found).toBeDefined();
      return found;
    }, within);
    expect(settled).toMatchObject({ failed: true });
    expect(settled?.attributes['node3.reason']).toBe('nonzero_exit');
    const bodies = receiver.bodies.join('');
    for (const word of [secret, requester.apiKey, network.adminApiKey]) {
      expect(bodies).not.toContain(word);
    }
  });

  it('is not there for a caller that does not want it', async () => {
    const trace = 'c'.repeat(32);
    const { jobId } = await post(['true'], { traceparent: `00-${trace}-${callers.spanId}-00` });
    await traceOf((await post(['true'])).jobId, whole);
    expect(receiver.spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
    expect(receiver.bodies.join('')).not.toContain(jobId);
  });
});
