import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '@node3/agent/app';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import { ExecutionError } from '@node3/agent/executors/execution-error';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { executorWorks, outcome } from '@node3/agent/testing/test-agent';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '@node3/marketplace/testing/test-marketplace';
import { isTerminalJob } from '@node3/shared/job-state';
import { createLogger, silentLogger } from '@node3/shared/logger';
import { createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { cancelJob, createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { createSchedule } from '@node3/shared/routes/schedules';
import { createTemplate, previewTemplate, runTemplate } from '@node3/shared/routes/templates';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiRoutes } from './api-routes.ts';
import { agentConfig } from './dev-network.ts';

/** Plants values that are nowhere else, sends them on every way there is, and looks everywhere. */

const { docker, skip } = await findTestEngine();
const within = { timeout: 60_000, interval: 50 };
const canaries = ['file', 'env', 'part', 'plan'].map(
  (kind) => `canary-${kind}/${randomBytes(12).toString('base64')}+`,
);
const [inFile = '', inEnv = '', inPart = '', inPlan = ''] = canaries;

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    bytes.toString('base64').replaceAll('=', ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(value),
  ];
}

/** What is told by somebody who sends it as the password of a user. */
function withUser(value: string): string {
  return Buffer.from(`user:${value}`).toString('base64');
}

function expectNowhere(place: string, text: string): void {
  for (const value of canaries) {
    for (const form of [...formsOf(value), withUser(value).slice(8, -8)]) {
      if (text.includes(form)) {
        const at = text.indexOf(form);
        throw new Error(`${place} has ${form}: …${text.slice(Math.max(0, at - 200), at)}`);
      }
    }
  }
}

let market: TestMarketplace;
let folder: string;
const logged: string[] = [];
const destination = { write: (line: string) => void logged.push(line) };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-canary-'));
  const log = createLogger({ name: 'marketplace', level: 'trace', destination });
  market = await startTestMarketplace({ log });
});
afterAll(() => market.stop());

const config = (name: string) => ({
  ...agentConfig(folder, name, market.url, ''),
  solanaRpcUrl: null,
});
const agentLog = createLogger({ name: 'agent', level: 'trace', destination });

const secrets = {
  API_TOKEN: { value: inFile },
  DB_PASSWORD: { value: inEnv, as: 'env' as const },
};

/** Everything that is written down or answered, after whatever was done. */
async function expectNoCanary(keys: string[], ids: Record<string, string>): Promise<void> {
  for (const { method, url } of apiRoutes) {
    if (method !== 'GET') continue;
    const path = url.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? 'unknown');
    for (const key of keys) {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(market.url + path, { headers });
      expectNowhere(`GET ${path}`, await answer.text());
    }
  }
  for (const accept of ['application/x-ndjson', 'text/event-stream', 'text/plain']) {
    const headers = { authorization: `Bearer ${keys[0]}`, accept };
    const answer = await fetch(`${market.url}/api/v1/jobs/${ids['jobId']}/logs`, { headers });
    expectNowhere(`logs as ${accept}`, await answer.text());
  }
  for (const root of [folder, market.folder]) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      expectNowhere(path, await readFile(path, 'latin1'));
    }
  }
  expectNowhere('the logs of marketplace and agent', logged.join('\n'));
  expectNowhere('the events', JSON.stringify(await market.store.eventsAfter(0, 10_000)));
}

describe('a secret that a program prints in every way', () => {
  it('[2.25] is in no file, answer, event or log, on whichever way it came', async () => {
    const executor = new FakeExecutor();
    executor.programProbe(executorWorks);
    const prepare = { imageId: 'i', imageDigest: null, sizeBytes: 1, pulled: false };
    const printing = (...values: string[]) => {
      const texts = values.flatMap((value) => [...formsOf(value), withUser(value)]);
      const lines = texts.map((text, at) => ({
        stream: at % 2 === 0 ? ('stdout' as const) : ('stderr' as const),
        atMs: 1_000 + at,
        text: `it is ${text}!`,
        continued: false,
      }));
      const [first = '', last = ''] = [values.at(0), values.at(-1)];
      const end = outcome({ output: { [first]: last }, detail: `It said ${first}.` });
      executor.program('*', { prepare, start: { startedAtMs: 1_000 }, lines, outcome: end });
    };
    printing(inFile, inEnv);
    const parts = { log: agentLog, createExecutors: () => [executor] };
    const agent = await startAgent(config('fake-agent'), parts);
    await agent.ready();
    const { client, apiKey } = await openFundedAccount(market);
    const ended = async (jobId: string) => {
      await vi.waitFor(async () => {
        const { state } = await client.call(getJob, { params: { jobId } });
        expect(isTerminalJob(state)).toBe(true);
      }, within);
      return jobId;
    };
    const call = { idempotencyKey: 'once' };
    const { jobId } = await client.call(createJob, { body: testJob({ secrets }) }, call);
    await client.call(createJob, { body: testJob({ secrets }) }, call);
    await ended(jobId);
    const { data } = await client.call(getJobLogs, { params: { jobId }, query: {} });
    expect(data.filter(({ text }) => text.includes('***')).length).toBe(12);
    const again = await client.call(rerunJob, { params: { jobId }, body: {} });
    await ended(again.jobId);
    const [row] = (await client.call(createJobs, { body: { jobs: [testJob({ secrets })] } })).data;
    await ended(row !== undefined && 'jobId' in row ? row.jobId : '');
    const template = await client.call(createTemplate, {
      body: {
        name: 'canary',
        parameters: [{ name: 'token', type: 'secret' }],
        spec: {
          ...testJob({
            workload: { kind: 'container', command: ['true'], env: { AUTH: 'Bearer {{token}}' } },
          }),
          secrets: { API_TOKEN: { value: '{{token}}' } },
        },
      },
    });
    const { templateId } = template;
    printing(inPart);
    const run = { params: { templateId }, body: { parameters: { token: inPart } } };
    await client.call(previewTemplate, run);
    await ended((await client.call(runTemplate, run)).jobId);
    const times = { name: 'canary', cron: '0 3 1 1 *', timezone: 'UTC' };
    const planned = { API_TOKEN: { value: inPlan } };
    const { scheduleId } = await client.call(createSchedule, {
      body: { ...times, jobSpec: testJob({ secrets: planned }) },
    });
    const refused = [
      testJob({ secrets: { ...secrets, SHORT: { value: 'abc' } } }),
      testJob({ secrets: { 'NOT A NAME': { value: inFile } } }),
      testJob({ secrets, resources: { cpus: 200 } }),
      testJob({
        secrets,
        workload: { kind: 'container', command: ['true'], env: { DB_PASSWORD: 'x' } },
      }),
    ];
    for (const body of refused) {
      const error: unknown = await client.call(createJob, { body }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expectNowhere('a refusal', JSON.stringify(error) + String(error));
    }
    executor.program('*', {
      prepare,
      start: new ExecutionError('command_not_found', `There is no ${inFile} here.`),
    });
    const failed = await client.call(createJob, { body: testJob({ secrets }) });
    await ended(failed.jobId);
    await agent.stop();
    const waiting = await client.call(createJob, { body: testJob({ secrets }) });
    await client.call(cancelJob, { params: { jobId: waiting.jobId } });
    const ids = { jobId, templateId, scheduleId, agentId: agent.agentId ?? '' };
    await expectNoCanary([apiKey, market.adminApiKey], ids);
    await expectNoCanary([apiKey], { ...ids, jobId: failed.jobId });
    expect(executor.calls.filter((each) => each.startsWith('start')).length).toBe(5);
  });
});

describe.skipIf(skip)('a container', () => {
  it('[6.30] reads its secrets from files and from the environment, and they go with it', async () => {
    const { image } = await ensureLocalImage({ docker, log: silentLogger });
    const others = new Set(await readdir('/dev/shm'));
    const agent = await startAgent(config('docker-agent'), { log: agentLog });
    await agent.ready();
    const { client, apiKey } = await openFundedAccount(market);
    const script = [
      'cat "$SECRETS_DIR/API_TOKEN" /run/secrets/API_TOKEN; echo',
      'echo "<$DB_PASSWORD>"',
      'wc -c < /run/secrets/API_TOKEN',
      'ls -l /run/secrets | grep -c "^-r--r--r--"',
      'echo x > /run/secrets/API_TOKEN || echo read-only',
      'ls /run/secrets',
      'grep -c "^[^ ]* /run/secrets tmpfs ro" /proc/mounts; true',
    ].join('\n');
    const body = testJob({
      workload: { kind: 'container', image, command: ['sh', '-c', script] },
      resources: { cpus: 0.2, memoryBytes: 64 * 1024 ** 2, diskBytes: 16 * 1024 ** 2 },
      secrets,
    });
    const { jobId } = await client.call(createJob, { body });
    await vi.waitFor(async () => {
      const { state } = await client.call(getJob, { params: { jobId } });
      expect(isTerminalJob(state)).toBe(true);
    }, within);
    const query = { stream: 'stdout' };
    const { data } = await client.call(getJobLogs, { params: { jobId }, query });
    expect(data.map(({ text }) => text)).toEqual([
      '***',
      '<***>',
      String(Buffer.byteLength(inFile)),
      '1',
      'read-only',
      'API_TOKEN',
      '1',
    ]);
    await vi.waitFor(async () => {
      const names = (await readdir('/dev/shm')).filter((name) => name.startsWith('node3-secrets-'));
      const left = names.filter((name) => !others.has(name));
      const inside = await Promise.all(left.map((name) => readdir(join('/dev/shm', name))));
      expect(inside.flat()).toEqual([]);
    }, within);
    await agent.stop();
    await expectNoCanary([apiKey], { jobId });
  });
});
