import { createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import type { ReplyOf, RouteContract } from '@node3/shared/contract';
import { eventCatalogue } from '@node3/shared/event-catalogue';
import type { EventName } from '@node3/shared/events';
import { baseUnits } from '@node3/shared/money';
import * as accountRoutes from '@node3/shared/routes/accounts';
import * as adminRoutes from '@node3/shared/routes/admin';
import * as adminAgentRoutes from '@node3/shared/routes/admin-agents';
import * as agentRoutes from '@node3/shared/routes/agents';
import * as auditRoutes from '@node3/shared/routes/audit';
import * as authRoutes from '@node3/shared/routes/auth';
import * as eventRoutes from '@node3/shared/routes/events';
import { listAgents } from '@node3/shared/routes/fleet';
import * as healthRoutes from '@node3/shared/routes/health';
import * as resourceRoutes from '@node3/shared/routes/job-resources';
import * as jobRoutes from '@node3/shared/routes/jobs';
import * as ledgerRoutes from '@node3/shared/routes/ledger';
import * as marketplaceRoutes from '@node3/shared/routes/marketplace';
import * as quoteRoutes from '@node3/shared/routes/quotes';
import * as ratingRoutes from '@node3/shared/routes/ratings';
import * as receiptRoutes from '@node3/shared/routes/receipts';
import * as statementRoutes from '@node3/shared/routes/statements';
import * as x402Routes from '@node3/shared/routes/x402';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditDeposit } from '../services/claim-deposit.ts';
import { askAgents, askKeys, askNode3, askReservations } from '../testing/ask-agents.ts';
import { askAlerts } from '../testing/ask-alerts.ts';
import { askFiles } from '../testing/ask-artifacts.ts';
import { askBacalhau } from '../testing/ask-bacalhau.ts';
import { askBackup } from '../testing/ask-backup.ts';
import { askFlows } from '../testing/ask-flows.ts';
import { askBroker, askGalaksioJobs } from '../testing/ask-galaksio.ts';
import { askGpuProofs } from '../testing/ask-gpu-proofs.ts';
import { askHodei } from '../testing/ask-hodei.ts';
import { askJobBulk } from '../testing/ask-job-bulk.ts';
import { askJobLogFile } from '../testing/ask-job-logs.ts';
import { askMarket } from '../testing/ask-market.ts';
import { handleDeposits, operatePayouts, withdraw } from '../testing/ask-money.ts';
import { askAdminDeliveries, askOperator } from '../testing/ask-operator.ts';
import { askProviders } from '../testing/ask-providers.ts';
import { askSchedules } from '../testing/ask-schedules.ts';
import { askSharing, askSnippets } from '../testing/ask-sharing.ts';
import { askSignIn } from '../testing/ask-sign-in.ts';
import { askStatementFile } from '../testing/ask-statement.ts';
import { askTemplates } from '../testing/ask-templates.ts';
import { askFleetFile, askUsage, askUsageFile } from '../testing/ask-usage.ts';
import { askWebhooks } from '../testing/ask-webhooks.ts';
import { marketplaceContracts as contracts } from '../testing/marketplace-contracts.ts';
import { fenceOf, nextClaimId, successResult } from '../testing/test-agent.ts';
import {
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testOffer,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
/** Endpoints whose answer was compared with its schema. */
const checked = new Set<string>();
/** Endpoints of the operator after which the audit log was longer. */
const audited = new Set<string>();

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

/** Calls and compares the answer with what the contract, and so OpenAPI, promises. */
async function ask<C extends RouteContract>(
  contract: C,
  apiKey: string | null,
  args: object = {},
): Promise<ReplyOf<C>> {
  const client = createClient({ baseUrl: market.url, apiKey });
  const before = (await market.store.auditEnds()).head.entry;
  const reply: unknown = await client.call(contract, args as never);
  const { head } = await market.store.auditEnds();
  if (head.entry > before) audited.add(`${contract.method} ${contract.url}`);
  const schema = Object.entries(contract.schema.response).find(([status]) => status < '300')?.[1];
  if (schema === undefined) throw new Error(`${contract.url} promises no answer`);
  if (!Check(schema, reply)) {
    const problems = [...Errors(schema, reply)].map((error) => JSON.stringify(error));
    throw new Error(`${contract.method} ${contract.url}: ${problems.join('\n')}`);
  }
  checked.add(`${contract.method} ${contract.url}`);
  return reply as ReplyOf<C>;
}

async function prove(purpose: 'account.create' | 'agent.register') {
  const wallet = testWallet();
  await ask(authRoutes.createChallenge, null, { body: { wallet: wallet.address, purpose } });
  return wallet.prove(market.anonymous, purpose);
}

const device = {
  id: 'GPU-1',
  vendor: 'simulated' as const,
  model: 'NVIDIA GeForce RTX 4090',
  modelId: 'rtx-4090',
  memoryBytes: 24 * 1024 ** 3,
  computeCapability: '8.9',
  driverVersion: null,
  simulated: true,
};
const unmeasured = { gpuUtilizationRatio: null, gpuMemoryBytes: null };
const unavailable = { value: null, source: 'unavailable' as const };
const sample = {
  deviceId: device.id,
  ageMs: null,
  utilizationRatio: { value: 0.5, source: 'measured' as const },
  memoryUsedBytes: unavailable,
  temperatureCelsius: unavailable,
  powerWatts: unavailable,
};

async function openAccount() {
  const body = { ...(await prove('account.create')), name: 'Ada' };
  const { account, apiKey } = await ask(accountRoutes.createAccount, null, { body });
  const { accountId } = account;
  const credited = [{ asset: 'SOL' as const, amount: baseUnits(10n ** 10n) }];
  await creditDeposit({ store: market.store, clock: systemClock }, accountId, 'deposit', credited);
  return apiKey;
}

async function registerAgent() {
  const body = { ...(await prove('agent.register')), name: 'rig', version: '1.0.0' };
  return ask(agentRoutes.registerAgent, null, { body });
}

const instanceId = 'instance-0000000001';

function poll(apiKey: string, offered = device, waitSec = 5) {
  const offer = testOffer({ devices: [offered] });
  return ask(agentRoutes.pollAgent, apiKey, {
    body: {
      instanceId,
      claimId: nextClaimId(),
      waitSec,
      offer,
      freeDeviceIds: [offered.id],
      freeCpus: offer.cpus,
      freeMemoryBytes: offer.memoryBytes,
    },
  });
}

async function takeOffer(apiKey: string) {
  const { messages } = await poll(apiKey);
  const offer = messages.find(({ type }) => type === 'offer');
  if (offer?.type !== 'offer') throw new Error('no offer came');
  return offer;
}

async function runJob(agentKey: string, result: Partial<agentRoutes.ExecutionResult>) {
  const offer = await takeOffer(agentKey);
  const fence = fenceOf(offer);
  const params = { executionId: offer.executionId };
  await ask(agentRoutes.acceptExecution, agentKey, { params, body: fence });
  const progress = { ...fence, phase: 'running', isolation: 'container: runc' };
  const imagePull = { bytesDone: 3, bytesTotal: null, layersDone: 1, layersTotal: 2 };
  const pulling = { ...fence, phase: 'preparing', imagePull };
  await ask(agentRoutes.reportProgress, agentKey, { params, body: pulling });
  await ask(agentRoutes.reportProgress, agentKey, { params, body: progress });
  const line = { stream: 'stdout', atMs: 1_800_000_000_000, text: 'hello', partial: false };
  const logs = { ...fence, seqFirst: 1, lines: [line] };
  await ask(agentRoutes.appendLogs, agentKey, { params, body: logs });
  const executions = [{ executionId: offer.executionId, ...fence }];
  const reading = { ageMs: 5, cpuCores: 1.5, memoryBytes: 1024, ...unmeasured };
  const usage = [{ executionId: offer.executionId, readings: [reading] }];
  const heartbeat = { instanceId, executions, samples: [sample], usage };
  await ask(agentRoutes.heartbeatAgent, agentKey, { body: heartbeat });
  const body = { ...fence, result: { ...successResult, ...result } };
  await ask(agentRoutes.reportResult, agentKey, { params, body });
}

async function readEverything(keys: { requester: string; agent: string }, jobId: string) {
  const params = { jobId };
  await ask(jobRoutes.getJob, keys.requester, { params });
  await ask(jobRoutes.getJobLogs, keys.requester, { params, query: {} });
  await ask(resourceRoutes.getJobResources, keys.requester, { params, query: {} });
  checked.add(await askJobLogFile(market.url, keys.requester, jobId));
  await ask(jobRoutes.listJobs, keys.requester, { query: {} });
  await ask(accountRoutes.getAccount, keys.requester);
  await ask(accountRoutes.getDepositAddress, null);
  await ask(agentRoutes.getAgentEarnings, keys.agent);
  await ask(healthRoutes.getHealth, keys.requester);
  await ask(healthRoutes.getServiceCard, null);
  await ask(healthRoutes.getLive, null);
  await ask(healthRoutes.getReady, null);
  await ask(marketplaceRoutes.getOverview, null);
  await ask(x402Routes.getX402, null);
  await ask(marketplaceRoutes.listPublicJobs, null);
  await ask(marketplaceRoutes.listPublicAgents, null);
  await askMarket(ask, keys.requester);
  await ask(adminRoutes.getAdminStats, market.adminApiKey);
  await ask(adminRoutes.getTreasury, market.adminApiKey);
  await ask(adminRoutes.listPayouts, market.adminApiKey, { query: {} });
}

describe('answers', () => {
  it('[3.03] [11.09] have the shape that their contracts promise, all through the lives of jobs', {
    timeout: 60_000,
  }, async () => {
    const requester = await openAccount();
    const { agentId, apiKey: agent } = await registerAgent();
    const keys = { requester, agent };
    const body = testJob({
      name: 'answers',
      workload: { kind: 'script', language: 'python', code: 'print(1)', env: { A: 'b' } },
      resources: { gpus: { count: 1, models: ['RTX 4090'] } },
    });
    const post = async () => (await ask(jobRoutes.createJob, requester, { body })).jobId;

    await ask(quoteRoutes.createQuote, null, { body });
    await askKeys(ask, requester);
    await askSignIn(ask, checked, market);
    await askUsage(ask, { requester, operator: market.adminApiKey });
    const waiting = await post();
    await readEverything(keys, waiting);
    await askGalaksioJobs((contract, args) => ask(contract, requester, args), waiting);
    await readEverything(keys, waiting);

    const released = await post();
    const offer = await takeOffer(agent);
    await readEverything(keys, released);
    const params = { executionId: offer.executionId };
    await ask(agentRoutes.releaseExecution, agent, { params, body: fenceOf(offer) });
    await ask(jobRoutes.cancelJob, requester, { params: { jobId: released } });

    const failed = await post();
    await takeOffer(agent);
    const failure = { reason: 'marketplace_error', detail: 'a test' };
    await ask(adminRoutes.failJob, market.adminApiKey, {
      params: { jobId: failed },
      body: failure,
    });

    const endings: Partial<agentRoutes.ExecutionResult>[] = [
      { output: { answer: [42, null, 'x'] }, peakMemoryBytes: 1, imageDigest: 'sha256:0' },
      { outcome: 'failed', reason: 'nonzero_exit', exitCode: 3, detail: 'exit 3' },
      { outcome: 'timed_out', reason: 'run_timeout', exitCode: null },
    ];
    for (const ending of endings) {
      const jobId = await post();
      await runJob(agent, ending);
      await readEverything(keys, jobId);
      await ask(receiptRoutes.getReceipt, requester, { params: { jobId } });
      await ask(ratingRoutes.rateJob, requester, { params: { jobId }, body: { stars: 5 } });
    }
    await ask(receiptRoutes.getReceiptKey, null);
    await operatePayouts(ask, market);
    await handleDeposits(ask, market, requester);
    await ask(ledgerRoutes.verifyLedger, market.adminApiKey);
    await ask(ledgerRoutes.exportLedger, market.adminApiKey, { query: { limit: 5 } });
    await ask(ledgerRoutes.getReserves, market.adminApiKey);
    await withdraw(ask, requester);
    await ask(statementRoutes.listStatement, requester, { query: {} });
    checked.add(await askStatementFile(market.url, requester));
    await askJobBulk((contract, args) => ask(contract, requester, args));
    await askSchedules((contract, args) => ask(contract, requester, args));
    const filed = await askFiles({ ask, url: market.url, checked, keys, takeOffer });
    await askSharing(ask, requester, filed);
    checked.add(await askUsageFile(market.url, requester));
    checked.add(await askFleetFile(market.url, market.adminApiKey));
    await askSnippets(ask, requester);
    await askFlows((contract, args) => ask(contract, requester, args));
    await askTemplates(
      (contract, args) => ask(contract, requester, args),
      (contract, args) => ask(contract, market.adminApiKey, args),
    );
    const { accountId } = await ask(accountRoutes.getAccount, requester);
    await askReservations(ask, market.adminApiKey, accountId);
    const enabled = { params: { agentId }, body: { enabled: false } };
    await ask(adminAgentRoutes.setAgentEnabled, market.adminApiKey, enabled);
    await readPublic(agentId);
    await askGpuProofs(ask, market, await registerAgent());
    const other = await registerAgent();
    await askProviders(ask, market.adminApiKey, other.agentId);
    await askAgents(ask, market.adminApiKey, other);
    await askBacalhau(ask, {
      operator: market.adminApiKey,
      requester,
      nodeId: (await registerAgent()).agentId,
    });
    await askHodei(ask, { requester, operator: market.adminApiKey });
    await askSeed(requester);
    const l40s = { ...device, model: 'NVIDIA L40S', modelId: 'l40s' };
    await poll((await registerAgent()).apiKey, l40s, 0);
    await askBroker((contract, args) => ask(contract, requester, args), waiting);
    checked.add(await askBackup(market));
    await ask(auditRoutes.listAuditLog, market.adminApiKey, { query: { limit: 1_000 } });
    await askAlerts(ask, market);
    const uncapped = await openAccount();
    await askOperator(ask, { operator: market.adminApiKey, requester: uncapped, jobId: waiting });
    await askWebhooks(
      (contract, args) => ask(contract, uncapped, args),
      market,
      () => askAdminDeliveries(ask, market.adminApiKey),
    );
    await ask(eventRoutes.listEvents, requester, { query: {} });
    await ask(auditRoutes.verifyAuditLog, market.adminApiKey);
  });

  it('were compared for every endpoint that works without a chain', () => {
    const onChain = [
      'POST /api/v1/admin/ledger/write-off',
      'POST /api/v1/deposits',
      'POST /api/v1/deposits/intents/:intentId/transaction',
      'POST /api/v1/deposits/intents/:intentId/send',
      'GET /api/v1/deposits/intents/:intentId/payments',
      'POST /api/v1/admin/wallet/fund',
      'POST /api/v1/x402/jobs',
      'POST /api/admin/jobs/create',
      'POST /api/marketplace/fund',
      'POST /execute',
      'POST /execute/async',
      'POST /run',
    ];
    const all = contracts.map(({ method, url }) => `${method} ${url}`);
    expect([...checked, ...onChain].toSorted()).toEqual(all.toSorted());
  });

  it('caused events that have no fields but those of the catalogue', async () => {
    const events = await market.store.eventsAfter(0, 10_000);
    const unknown = events.flatMap(({ name, data }) => {
      const known = eventCatalogue[name as EventName].data;
      return Object.keys(data)
        .filter((key) => !(key in known))
        .map((key) => `${name}: ${key}`);
    });
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('of the operator left an entry in the audit log wherever something was changed', () => {
    const commands = contracts
      .filter(({ audience, method }) => audience === 'operator' && method !== 'GET')
      .map(({ method, url }) => `${method} ${url}`);
    const silent = commands.filter((command) => checked.has(command) && !audited.has(command));
    // Its agent was gone already.
    expect(silent).toEqual(['POST /api/v1/admin/agents/:agentId/unregister']);
    expect(commands.length).toBeGreaterThan(10);
  });

  it('are described by OpenAPI, with the kind of key they want', async () => {
    const response = await fetch(`${market.url}/openapi.json`);
    const { paths } = (await response.json()) as {
      paths: Record<string, Record<string, { responses: object; security?: object[] }>>;
    };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const promised = contracts.map(
      ({ method, url }) => `${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(described.filter((route) => !route.startsWith('head ')).toSorted()).toEqual(
      promised.toSorted(),
    );
    for (const { method, url, schema, audience } of contracts) {
      const operation = paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      const answers = [...Object.keys(schema.response), '4XX', '5XX'];
      expect(Object.keys(operation?.responses ?? {})).toEqual(answers);
      const ways = { public: 0, requester: 2, agent: 1, operator: 1, provider: 1 };
      expect(operation?.security ?? []).toHaveLength(ways[audience]);
    }
  });
});

async function readPublic(agentId: string) {
  await ask(marketplaceRoutes.listPublicAgents, null);
  await ask(marketplaceRoutes.getPublicAgent, null, { params: { agentId } });
  await ask(ratingRoutes.listRatings, null, { params: { agentId } });
  await ask(listAgents, market.adminApiKey);
}

async function askSeed(requester: string) {
  const { address: wallet } = testWallet();
  const body = testJob({ workload: { kind: 'container', image: 'c', command: ['true'] } });
  await askNode3(ask, { wallet, operator: market.adminApiKey }, async () => {
    await ask(jobRoutes.createJob, requester, { body });
  });
}
