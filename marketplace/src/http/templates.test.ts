import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@node3/shared/client';
import { createLogger } from '@node3/shared/logger';
import { createJob, getJob, getJobLogs, type JobDetail, listJobs } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { getReceipt } from '@node3/shared/routes/receipts';
import {
  archiveTemplate,
  copyTemplate,
  createTemplate,
  createTemplateVersion,
  getTemplate,
  hideTemplate,
  listGallery,
  listTemplates,
  previewTemplate,
  runTemplate,
  setTemplateVisibility,
  type TemplateRun,
} from '@node3/shared/routes/templates';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import { openTestSecrets } from '../testing/test-keyring.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

const canary = 'canary-c0ffee-d15ea5e';

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let logged: string[];

beforeEach(async () => {
  logged = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ name: 'test', level: 'trace', destination });
  market = await startTestMarketplace({ clock: new ManualClock(), log });
  requester = await openFundedAccount(market);
});
afterEach(() => market.stop());

const body = {
  name: 'train',
  description: 'Trains a model',
  spec: {
    name: 'train {{model}}',
    workload: {
      kind: 'container',
      image: 'docker.io/library/{{image}}',
      command: ['train', '--model={{model}}', '{{extra}}'],
      env: { TOKEN: '{{token}}', AUTH: 'Bearer {{token}}', MODEL: '{{model}}' },
    },
    limits: { runSec: '{{seconds}}' },
    price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
  },
  parameters: [
    { name: 'model', type: 'string' as const, charset: 'slug' as const, lengthMax: 20 },
    { name: 'image', type: 'choice' as const, choices: ['busybox', 'debian'], default: 'debian' },
    { name: 'seconds', type: 'integer' as const, min: 1, default: 60 },
    { name: 'extra', type: 'string' as const, required: false },
    { name: 'token', type: 'secret' as const, lengthMin: 4 },
  ],
};

async function newTemplate() {
  return requester.client.call(createTemplate, { body });
}

function run(templateId: string, given: TemplateRun, call = {}): Promise<JobDetail> {
  return requester.client.call(runTemplate, { params: { templateId }, body: given }, call);
}

const parameters = { model: 'llama', token: canary };

describe('a template', () => {
  it('[2.28] becomes a job with typed values, and the agent alone gets the secret', async () => {
    const { templateId } = await newTemplate();
    const job = await run(templateId, { parameters: { ...parameters, seconds: 90 } });
    expect(job).toMatchObject({
      name: 'train llama',
      image: 'docker.io/library/debian',
      spec: {
        workload: {
          command: ['train', '--model=llama'],
          env: { TOKEN: '[hidden]', AUTH: '[hidden]', MODEL: '[hidden]' },
        },
        limits: { runSec: 90 },
        secretEnv: ['TOKEN', 'AUTH'],
        origin: { template: { templateId, version: 1 } },
      },
    });
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const claimId = 'claim-of-this-test-01';
    const [offer] = await calls.poll({ claimId });
    if (offer?.type !== 'offer') throw new Error('no offer came');
    const env = { TOKEN: '[secret]', AUTH: '[secret]', MODEL: 'llama' };
    expect(offer.spec).toMatchObject({ workload: { env } });
    expect(Object.keys(offer.spec as object)).not.toContain('sealedEnv');
    expect(JSON.stringify(offer)).not.toContain(canary);
    const expected = {
      env: { TOKEN: canary, AUTH: `Bearer ${canary}` },
      files: {},
      parts: [canary],
    };
    expect(openTestSecrets(offer)).toEqual(expected);
    const { secrets: _box, ...rest } = offer;
    const expectSame = async () => {
      const [same] = await calls.poll({ claimId });
      if (same?.type !== 'offer') throw new Error('the offer is gone');
      expect(same).toMatchObject(rest);
      expect(openTestSecrets(same)).toEqual(expected);
    };
    await expectSame();
    await market.restart();
    await expectSame();
  });

  it('[2.25] keeps a secret out of the database, every answer, the events and the log', async () => {
    const { templateId } = await newTemplate();
    const given = { parameters };
    const shown: unknown[] = [await newTemplate()];
    const params = { templateId };
    const preview = await requester.client.call(previewTemplate, { params, body: given });
    expect(preview.secretEnv).toEqual(['TOKEN', 'AUTH']);
    shown.push(preview, await run(templateId, given, { idempotencyKey: 'once' }));
    shown.push(await run(templateId, given, { idempotencyKey: 'once' }));
    const { jobId } = await run(templateId, { ...given, version: 1 });
    const wrong = [
      { parameters: { ...parameters, token: canary.slice(0, 3) } },
      { parameters: { ...parameters, model: canary.toUpperCase() } },
      { parameters: { ...parameters, seconds: 0 } },
      { parameters, overrides: { price: null } },
      { parameters: { ...parameters, token: `${canary}${'x'.repeat(16_380)}` } },
    ];
    for (const one of wrong) {
      const error = await run(templateId, one).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      shown.push(error, (error as { context: unknown }).context);
    }
    const mismatch = run(
      templateId,
      { parameters: { ...parameters, token: 'other' } },
      {
        idempotencyKey: 'once',
      },
    );
    await expect(mismatch).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    const calls = testAgentCalls((await registerTestAgent(market)).client);
    for (let i = 0; i < 2; i += 1) {
      const offer = await calls.offer();
      await calls.run(offer);
      await calls.report(offer);
    }
    const job = { params: { jobId } };
    shown.push(
      await requester.client.call(getJob, job),
      await requester.client.call(getReceipt, job),
      await requester.client.call(getJobLogs, { ...job, query: {} }),
      await requester.client.call(listJobs, { query: {} }),
      await requester.client.call(getTemplate, { params, query: {} }),
      await market.store.eventsAfter(0, 1_000),
    );
    expect(JSON.stringify(shown)).not.toContain(canary);
    expect(JSON.stringify(shown)).toContain('TOKEN');
    expect(logged.join('')).not.toContain(canary);
    const files = await readdir(market.folder);
    expect(files).toContain('market.db');
    for (const file of files) {
      const path = join(market.folder, file);
      if ((await stat(path)).isDirectory()) continue;
      const bytes = await readFile(path);
      expect(bytes.includes(canary)).toBe(false);
    }
  });

  it('is quoted by what its preview shows', async () => {
    const { templateId } = await newTemplate();
    const params = { templateId };
    const { spec } = await requester.client.call(previewTemplate, { params, body: { parameters } });
    const quote = await market.anonymous.call(createQuote, { body: spec as never });
    const job = await run(templateId, { parameters }, { quoteId: quote.quoteId });
    expect(job.settlement.quoted).toEqual(quote.total);
    const other = { parameters: { ...parameters, seconds: 61 } };
    const late = await market.anonymous.call(createQuote, { body: spec as never });
    await expect(run(templateId, other, { quoteId: late.quoteId })).rejects.toMatchObject({
      code: 'QUOTE_MISMATCH',
    });
  });

  it('[2.28] says of each wrong value where, why, and what to give', async () => {
    const { templateId } = await newTemplate();
    const given = { model: 'A B', image: 'alpine', seconds: 1.5, speed: 3, token: 'abc' };
    await expect(run(templateId, { parameters: given })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: {
        errors: [
          {
            pointer: '/parameters/speed',
            detail:
              'is not a parameter of this template, which has: extra, image, model, seconds, token; leave it out or correct the name',
          },
          {
            pointer: '/parameters/model',
            detail:
              'does not fit; give a text of small letters, digits and -, at most 20 characters',
          },
          { pointer: '/parameters/image', detail: 'does not fit; give one of: busybox, debian' },
          {
            pointer: '/parameters/seconds',
            detail: 'does not fit; give a whole number, at least 1',
          },
          {
            pointer: '/parameters/token',
            detail: 'does not fit; give a text, at least 4 characters',
          },
        ],
      },
    });
    await expect(run(templateId, {})).rejects.toMatchObject({
      context: { errors: [{ pointer: '/parameters/model' }, { pointer: '/parameters/token' }] },
    });
    const tooLong = { ...parameters, seconds: 1_000_000 };
    await expect(run(templateId, { parameters: tooLong })).rejects.toMatchObject({
      context: {
        errors: [
          {
            pointer: '/parameters/seconds',
            detail: 'fills /limits/runSec, which must be <= 86400',
          },
        ],
      },
    });
  });

  it('takes overrides as a merge patch, also over a secret', async () => {
    const { templateId } = await newTemplate();
    const overrides = { priority: 'high', workload: { env: { AUTH: null, TOKEN: 'plain' } } };
    const job = await run(templateId, { parameters, overrides });
    expect(job.spec).toMatchObject({ priority: 'high', workload: { env: { TOKEN: '[hidden]' } } });
    expect(job.spec).not.toHaveProperty('secretEnv');
    const stored = await market.store.job(job.jobId);
    expect(stored?.spec.workload.env).toEqual({ TOKEN: 'plain', MODEL: 'llama' });
    await expect(run(templateId, { parameters, overrides: { gpus: 1 } })).rejects.toMatchObject({
      context: { errors: [{ pointer: '/spec/gpus' }] },
    });
  });

  it('[2.28] keeps its versions, and what was posted stays posted after it is archived', async () => {
    const { templateId } = await newTemplate();
    const params = { templateId };
    const once = { idempotencyKey: 'once' };
    const first = await run(templateId, { parameters }, once);
    const { client } = requester;
    const second = await client.call(createTemplateVersion, {
      params,
      body: { spec: { ...body.spec, name: 'v2 {{model}}' }, parameters: body.parameters },
    });
    expect(second.version).toBe(2);
    expect(await run(templateId, { parameters }, once)).toMatchObject({ jobId: first.jobId });
    expect((await run(templateId, { parameters })).name).toBe('v2 llama');
    expect((await run(templateId, { parameters, version: 1 })).name).toBe('train llama');
    const old = await client.call(getTemplate, { params, query: { version: 1 } });
    expect(old).toMatchObject({ version: 1, spec: body.spec, parameters: body.parameters });
    const missing = client.call(getTemplate, { params, query: { version: 3 } });
    await expect(missing).rejects.toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
    await client.call(archiveTemplate, { params });
    expect(await run(templateId, { parameters }, once)).toMatchObject({ jobId: first.jobId });
    await expect(run(templateId, { parameters })).rejects.toMatchObject({
      code: 'TEMPLATE_ARCHIVED',
    });
    expect((await client.call(listTemplates, { query: {} })).data).toEqual([]);
    const all = await client.call(listTemplates, { query: { archived: true } });
    expect(all.data).toMatchObject([{ templateId, version: 2 }]);
  });

  it('does not exist for other accounts', async () => {
    const { templateId } = await newTemplate();
    const { client } = await openFundedAccount(market);
    const params = { templateId };
    const calls = [
      client.call(getTemplate, { params, query: {} }),
      client.call(archiveTemplate, { params }),
      client.call(createTemplateVersion, { params, body: { spec: body.spec } }),
      client.call(runTemplate, { params, body: { parameters } }),
      client.call(previewTemplate, { params, body: { parameters } }),
    ];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: 'TEMPLATE_NOT_FOUND', status: 404 });
    }
    expect((await client.call(listTemplates, { query: { archived: true } })).data).toEqual([]);
    await expect(client.call(createJob, { body: body.spec as never })).rejects.toThrow();
  });
});

describe('a shared template', () => {
  it('is used, counted and copied by others, until the operator hides it', async () => {
    const { templateId } = await newTemplate();
    const other = await openFundedAccount(market);
    const params = { templateId };
    const filled = { parameters: { model: 'llama', token: canary }, version: 1 };
    const use = () => other.client.call(runTemplate, { params, body: filled });
    const absent = { code: 'TEMPLATE_NOT_FOUND' };
    await expect(use()).rejects.toMatchObject(absent);
    const share = (visibility: 'private' | 'unlisted' | 'public') =>
      requester.client.call(setTemplateVisibility, { params, body: { visibility, tags: ['nlp'] } });
    await share('unlisted');
    await use();
    const listed = async () =>
      (await market.anonymous.call(listGallery, { query: { tag: 'nlp' } })).data;
    expect(await listed()).toEqual([]);
    await share('public');
    await use();
    const { version: _, ...newest } = filled;
    const anyVersion = other.client.call(runTemplate, { params, body: newest });
    await expect(anyVersion).rejects.toMatchObject({
      context: { errors: [{ pointer: '/version' }] },
    });
    await other.client.call(previewTemplate, { params, body: filled });
    expect(await listed()).toMatchObject([{ templateId, uses: 2, builtIn: false, tags: ['nlp'] }]);
    const copy = await other.client.call(copyTemplate, { params });
    expect(copy).toMatchObject({ name: 'train', version: 1, visibility: 'private', uses: 0 });
    expect(JSON.stringify([await listed(), copy])).not.toContain(canary);
    const admin = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    await admin.call(hideTemplate, { params, body: { hidden: true, reason: 'a test' } });
    expect(await listed()).toEqual([]);
    await expect(use()).rejects.toMatchObject(absent);
    const own = await requester.client.call(getTemplate, { params });
    expect(own.hiddenAt).not.toBeNull();
    await admin.call(hideTemplate, { params, body: { hidden: false } });
    await use();
    await share('private');
    await expect(use()).rejects.toMatchObject(absent);
  });

  it('has no value in it that looks like a secret, in no version', async () => {
    const env = { API_KEY: 'literal', HF_TOKEN: '{{token}}', NAME: 'x' };
    const parameters = [{ name: 'token', type: 'string' as const, default: 'literal' }];
    const spec = {
      ...body.spec,
      workload: { kind: 'container', command: ['true'], env },
      limits: {},
    };
    const { templateId } = await requester.client.call(createTemplate, {
      body: { name: 'leaky', spec: { ...spec, name: 'leaky' }, parameters },
    });
    const params = { templateId };
    const share = requester.client.call(setTemplateVisibility, {
      params,
      body: { visibility: 'public' },
    });
    await expect(share).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: {
        errors: [
          { pointer: '/spec/workload/env/API_KEY' },
          { pointer: '/spec/workload/env/HF_TOKEN' },
        ],
      },
    });
  });

  it('gets no version with one either', async () => {
    const { templateId } = await newTemplate();
    const params = { templateId };
    await requester.client.call(setTemplateVisibility, {
      params,
      body: { visibility: 'unlisted' },
    });
    const workload = { kind: 'container', command: ['true'], env: { DB_PASSWORD: 'x' } };
    const leaky = { spec: { workload, price: body.spec.price } };
    const added = requester.client.call(createTemplateVersion, { params, body: leaky });
    await expect(added).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
