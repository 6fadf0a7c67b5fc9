import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from '@node3/agent/agent';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import type { AgentDevice } from '@node3/agent/gpu/device';
import type { KernelLog } from '@node3/agent/gpu/health/kernel-log';
import { agentMetricTable } from '@node3/agent/observability/metric-table';
import { clientOf, outcome } from '@node3/agent/testing/test-agent';
import { metricTable } from '@node3/marketplace/observability/metric-table';
import type { MetricTable } from '@node3/shared/metrics';
import { getAdminStats } from '@node3/shared/routes/admin';
import { setAgentMode } from '@node3/shared/routes/agent-local';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { deviceThatMeasures, measuredDetector } from './measured-detector.ts';
import {
  missingPrometheus,
  type PrometheusProcess,
  prometheusFolder,
  startPrometheus,
} from './prometheus-process.ts';

const skip = mustSkip({ resource: 'prometheus', missing: missingPrometheus() });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const within = { timeout: 90_000, interval: 250 };

/** Counters of what did not happen here. Without labels they would show 0; with labels, nothing. */
const notHappened = new Set([
  'node3_solana_rpc_errors_total',
  'node3_rate_limited_total',
  'node3_agent_poll_errors_total',
  'node3_webhook_deliveries_total',
  'node3_webhook_delivery_duration_seconds',
]);

/** Only of NVIDIA's cards the kernel reports errors. */
const card: AgentDevice = { ...deviceThatMeasures, vendor: 'nvidia', pciBusId: '0000:05:00.0' };

/** One that told of the mistake of a program, which is no reason for an alert. */
const kernelLog: KernelLog = {
  start: (onEvent) => onEvent({ kind: 'xid', code: 13, pci: 'PCI:0000:05:00' }, Date.now()),
  isHeard: () => true,
  problem: () => null,
  stop: async () => undefined,
};

let network: DevNetwork;
let agent: Agent;
let requester: Requester;
let prometheus: PrometheusProcess;

beforeAll(async () => {
  if (skip) return;
  network = await startDevNetwork({ marketplace: {}, endpoints: 2 });
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: true };
  executor.program('*', { prepare, start: { startedAtMs: Date.now() }, outcome: outcome() });
  agent = await network.startAgent('measured', {
    parts: {
      createExecutors: () => [executor],
      createDetectors: () => [measuredDetector(card)],
      createKernelLog: () => kernelLog,
    },
  });
  await agent.ready();
  requester = await network.openRequester({ lamports: 5_000_000_000n, usdcBaseUnits: 5_000_000n });
  prometheus = await startPrometheus(join(network.folder, 'prometheus'), {
    marketplaceUrl: network.marketplaceUrl,
    agentUrl: agent.url,
  });
  // Counters have to be seen before they move, or their increase is not.
  await vi.waitFor(async () => expect(await prometheus.query('up == 1')).toHaveLength(2), within);
  await work();
}, 180_000);

afterAll(async () => {
  if (skip) return;
  await prometheus.stop();
  await network.stop();
});

const gpuJob = {
  workload: { kind: 'container' as const, command: ['true'] },
  resources: { cpus: 0.1, memoryBytes: 16 * 1024 * 1024, gpus: { count: 1 } },
};

/** Everything that the dashboards speak of: jobs that end well, badly, never; money both ways. */
async function work(): Promise<void> {
  const { client } = requester;
  const price = (amount: string, asset: 'SOL' | 'USDC') => ({
    kind: 'fixed' as const,
    reward: { amount, asset },
  });
  const post = (asset: 'SOL' | 'USDC') =>
    client.call(createJob, { body: { ...gpuJob, price: price('0.01', asset) } });
  await post('SOL');
  for (let round = 0; round < 5; round += 1) {
    const jobs = await Promise.all([post('SOL'), post('USDC')]);
    await Promise.all(
      jobs.map(({ jobId }) =>
        vi.waitFor(async () => {
          const { state } = await client.call(getJob, { params: { jobId } });
          expect(state).toBe('succeeded');
        }, within),
      ),
    );
  }
  // One that nobody can run, one that nobody has, one that is sent twice, and a stranger.
  const huge = { ...gpuJob, resources: { cpus: 0.1, memoryBytes: 2 ** 40 } };
  await expect(
    client.call(createJob, { body: { ...huge, price: price('0.01', 'SOL') } }),
  ).rejects.toThrow();
  await expect(
    client.call(createJob, { body: { ...gpuJob, price: price('999', 'SOL') } }),
  ).rejects.toThrow();
  const once = { idempotencyKey: 'the-same-twice-over' };
  const eight = { ...gpuJob.resources, gpus: { count: 1, memoryBytesMin: 8 * 1024 ** 3 } };
  const body = { ...gpuJob, resources: eight, price: price('0.01', 'SOL') };
  await client.call(createJob, { body }, once);
  await client.call(createJob, { body }, once);
  // One that has to wait for a long time, and one that is taken back.
  await clientOf(agent).call(setAgentMode, { body: { mode: 'pause' } });
  await vi.waitFor(async () => {
    const { overview } = await network.operator.call(getAdminStats, {});
    expect(overview.jobs['succeeded']).toBe(12);
  }, within);
  const [, { jobId }] = await Promise.all([post('SOL'), post('SOL')]);
  await client.call(cancelJob, { params: { jobId } });
  await fetch(`${network.marketplaceUrl}/api/v1/jobs`, {
    headers: { authorization: 'Bearer of-nothing' },
  });
  await vi.waitFor(async () => {
    const { overview } = await network.operator.call(getAdminStats, {});
    expect(overview.payouts['finalized']).toBe(12);
  }, within);
}

interface Target {
  expr: string;
}

/** Every expression of a dashboard, with its variables set to everything. */
async function expressionsOf(name: string): Promise<string[]> {
  const text = await readFile(join(root, 'deploy', 'grafana', `${name}.json`), 'utf8');
  const { panels, schemaVersion } = JSON.parse(text) as {
    panels: { targets?: Target[] }[];
    schemaVersion: number;
  };
  expect(schemaVersion).toBe(39);
  return panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }) =>
      expr
        .replaceAll(/\$(instance|gpu_class|gpu)\b/g, '.*')
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$__range', '1h'),
    );
}

/** Names in an expression that are ours. */
function metricsIn(expr: string): string[] {
  const names = [...expr.matchAll(/\bnode3_\w+/g)].map(([name]) => name);
  return names.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
}

describe.skipIf(skip)('the configuration for Prometheus', () => {
  it('[11.08] is valid, and each alert fires when it must and not before', () => {
    const run = (...args: string[]) =>
      execFileSync('promtool', args, { cwd: prometheusFolder, encoding: 'utf8' });
    expect(run('check', 'config', 'prometheus.yml')).toContain('rules found');
    // Its token is there in the container only.
    expect(run('check', 'config', '--syntax-only', 'compose.yml')).toContain('SUCCESS');
    expect(run('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });

  it('has a test for every alert', async () => {
    const read = (name: string) => readFile(join(prometheusFolder, name), 'utf8');
    const named = (text: string, key: string) =>
      new Set([...text.matchAll(new RegExp(`${key}: (\\w+)`, 'g'))].map((match) => match[1]));
    const alerts = named(await read('alerts.yml'), '- alert');
    expect(alerts.size).toBe(15);
    expect(named(await read('alerts.test.yml'), 'alertname')).toEqual(alerts);
  });

  it('[11.01] raises no alert in a healthy network', async () => {
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);
  });
});

describe.skipIf(skip)('what a live marketplace and a live agent show', () => {
  it.each([
    ['marketplace', metricTable],
    ['agent', agentMetricTable],
  ] as const)('is exactly what the table of the %s promises', async (process, table) => {
    const url = process === 'agent' ? agent.url : network.marketplaceUrl;
    const promised: MetricTable = table;
    // What is read from the store is up to two seconds old.
    await vi.waitFor(async () => {
      const shown = readTable(await (await fetch(`${url}/metrics`)).text());
      expect([...shown.keys()].toSorted()).toEqual(Object.keys(promised).toSorted());
      for (const [name, { type, labels }] of Object.entries(promised)) {
        const found = shown.get(name);
        expect(found?.type, name).toBe(type);
        if (!notHappened.has(name)) expect(found?.labels, name).toEqual(labels.toSorted());
      }
    }, within);
  });

  it.each([
    ['node3_jobs{state="succeeded", type="container"}', '12'],
    ['node3_jobs{state="succeeded", type="bash"}', '0'],
    ['node3_wallet_balance{wallet="fee_payer", currency="SOL"} > bool 0', '1'],
    [
      'node3_payment_confirmation_seconds_count{commitment="confirmed", currency="SOL"} > bool 0',
      '1',
    ],
    [
      'node3_payment_confirmation_seconds_count{commitment="finalized", currency="SOL"} > bool 0',
      '1',
    ],
  ])('answers %s with %s', async (expr, value) => {
    await vi.waitFor(async () => {
      const found = await prometheus.query(expr);
      expect(found.map((sample) => sample.value[1])).toEqual([value]);
    }, within);
  });
});

/** Names, types and labels of our metrics in the text of a scrape; null where there is no sample. */
function readTable(text: string): Map<string, { type: string; labels: string[] | null }> {
  const found = new Map<string, { type: string; labels: string[] | null }>();
  for (const line of text.split('\n')) {
    const declared = /^# TYPE (node3_\w+) (\w+)$/.exec(line);
    if (declared !== null) found.set(declared[1] ?? '', { type: declared[2] ?? '', labels: null });
    const sample = /^(node3_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/.exec(line);
    const metric = found.get(sample?.[1] ?? '') ?? found.get(line.split(/[{ ]/)[0] ?? '');
    if (sample === null || metric === undefined) continue;
    const names = [...(sample[2] ?? '').matchAll(/(\w+)="/g)].map((match) => match[1] ?? '');
    metric.labels = names.filter((name) => name !== 'le').toSorted();
  }
  return found;
}

describe.skipIf(skip)('the dashboards', () => {
  it.each(['marketplace', 'payments', 'provider'])(
    '[11.12] %s asks only what the server understands, and is answered',
    async (name) => {
      const expressions = await expressionsOf(name);
      expect(expressions.length).toBeGreaterThan(10);
      const silent: string[] = [];
      for (const expr of expressions) {
        const waits = metricsIn(expr).some((metric) => notHappened.has(metric));
        await vi.waitFor(async () => {
          const found = await prometheus.query(expr);
          if (!waits) expect(found, expr).not.toEqual([]);
          else if (found.length === 0) silent.push(expr);
        }, within);
      }
    },
  );
});
