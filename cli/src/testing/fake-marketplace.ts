import { EventEmitter } from 'node:events';
import { type OfferQuery, searchOffers } from '@node3/marketplace/domain/search-offers';
import { MarketError, toProblem } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { systemIds } from '@node3/shared/ids';
import { importDocument } from '@node3/shared/import/import-document';
import { isTerminalJob } from '@node3/shared/job-state';
import { getAccount } from '@node3/shared/routes/accounts';
import { startDeviceLogin, takeDeviceToken } from '@node3/shared/routes/device-logins';
import { type EventView, listEvents } from '@node3/shared/routes/events';
import { type Explanation, explainJob, explainSpec } from '@node3/shared/routes/explain';
import { cancelJobs, createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { type ImportQuery, importJobs } from '@node3/shared/routes/job-import';
import { getJobResources, type JobResources } from '@node3/shared/routes/job-resources';
import {
  cancelJob,
  createJob,
  getJob,
  getJobLogs,
  type JobDetail,
  type LogLine,
  listJobs,
} from '@node3/shared/routes/jobs';
import { listKeys } from '@node3/shared/routes/keys';
import { type GpuOffer, listOffers } from '@node3/shared/routes/offers';
import { createQuote, type Quote } from '@node3/shared/routes/quotes';
import { getReceipt, getReceiptKey, type SignedReceipt } from '@node3/shared/routes/receipts';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { testJob, testJobId } from './test-job.ts';

export const testKey = 'n3_test_key';

interface Seen {
  method: string;
  url: string;
  body: unknown;
  idempotencyKey: string | null;
  quoteId: string | null;
}

/** A marketplace with one job whose life the test writes, over real HTTP on a free port. */
export class FakeMarketplace {
  readonly seen: Seen[] = [];
  job: JobDetail = testJob();
  readonly lines: LogLine[] = [];
  readonly events: EventView[] = [];
  offers: GpuOffer[] = [];
  quote: Quote = testQuote;
  explanation: Explanation = testExplanation;
  /** What the job uses, one answer after another; the last one stays. */
  usages: JobResources[] = [];
  receipt: SignedReceipt | null = null;
  receiptKey = '';
  /** What POST /jobs answers instead of the job. */
  refusal: MarketError | null = null;
  /** How requests for the key of a login on another device are refused, one by one; null grants it. */
  deviceAnswers: (ErrorCode | null)[] = [];
  /** POST /jobs is heard and never answered. */
  cutPosts = false;
  /** What a cancel does to the job. */
  onCancel: () => void = () => undefined;
  /** The next live log is cut off after this many lines. */
  cutAfter: number | null = null;
  url = '';
  readonly #app = fastify({ forceCloseConnections: true });
  readonly #changes = new EventEmitter();

  async start(): Promise<void> {
    const app = this.#app;
    app.addHook('onRequest', async (request, reply) => {
      const { method, url, headers } = request;
      const key = headers['idempotency-key'];
      this.seen.push({
        method,
        url,
        body: null,
        idempotencyKey: key ? String(key) : null,
        quoteId: headers['quote-id'] ? String(headers['quote-id']) : null,
      });
      if (headers.authorization === `Bearer ${testKey}` || publicUrls.has(url.replace(/\?.*/, '')))
        return;
      await refuse(reply, new MarketError('AUTH_INVALID'));
    });
    app.post(startDeviceLogin.url, () => ({
      device_code: 'a-device-code-of-this-test',
      user_code: 'BDFH-JKLM',
      verification_uri: `${this.url}/device`,
      verification_uri_complete: `${this.url}/device?user_code=BDFH-JKLM`,
      expires_in: 600,
      interval: 0,
    }));
    app.post(takeDeviceToken.url, (_request, reply) => {
      const code = this.deviceAnswers.shift();
      if (code === undefined) throw new Error('nothing more was to be asked');
      if (code !== null) return refuse(reply, new MarketError(code));
      const token = { access_token: testKey, token_type: 'Bearer', scope: 'requester' };
      return reply.send({ ...token, key_id: systemIds.next('apiKey') });
    });
    app.post(createJob.url, (request, reply) => {
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      if (this.cutPosts) {
        reply.hijack();
        reply.raw.destroy();
        return reply;
      }
      if (this.refusal !== null) return refuse(reply, this.refusal);
      return reply.status(201).send(this.job);
    });
    app.post(createQuote.url, (_request, reply) => reply.status(201).send(this.quote));
    app.post(explainSpec.url, (request) => {
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      return this.explanation;
    });
    app.get(explainJob.url, () => this.explanation);
    app.get(getJobResources.url, () =>
      this.usages.length > 1 ? this.usages.shift() : this.usages[0],
    );
    app.get(getReceipt.url, () => this.receipt);
    app.get(getReceiptKey.url, () => ({ algorithm: 'Ed25519', key: this.receiptKey }));
    app.get(listJobs.url, () => ({ data: [this.job], nextCursor: null }));
    app.get(getJob.url, (request, reply) => {
      const { jobId } = request.params as { jobId: string };
      if (jobId === this.job.jobId) return this.job;
      return refuse(reply, new MarketError('JOB_NOT_FOUND', { jobId }));
    });
    app.post(createJobs.url, (request) => {
      const { jobs, copies = 1 } = request.body as { jobs: { name?: string }[]; copies?: number };
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      const rows = jobs.flatMap(({ name }) => Array.from({ length: copies }, () => name));
      return { data: rows.map((name) => this.#rowFor(name)), fanOut: 'fan_1' };
    });
    app.post(importJobs.url, (request, reply) => {
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      try {
        return this.#imported(request.body, request.query as ImportQuery);
      } catch (error) {
        return refuse(reply, error as MarketError);
      }
    });
    app.post(cancelJobs.url, (request) => {
      const { jobIds = [testJobId], cursor } = request.body as {
        jobIds?: string[];
        cursor?: string;
      };
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      const data = jobIds.map((jobId) => ({ jobId, state: 'cancelled' }));
      return { data, nextCursor: jobIds.length > 1 || cursor !== undefined ? null : 'more' };
    });
    app.post(rerunJob.url, (request, reply) => {
      const last = this.seen.at(-1);
      if (last !== undefined) last.body = request.body;
      return reply.status(201).send(this.job);
    });
    app.post(cancelJob.url, () => {
      this.onCancel();
      return this.job;
    });
    app.get(getJobLogs.url, (request, reply) => this.#logs(request, reply));
    app.get(listEvents.url, (request, reply) => this.#listEvents(request, reply));
    const { querystring } = listOffers.schema;
    app.get<{ Querystring: OfferQuery }>(listOffers.url, { schema: { querystring } }, (request) =>
      searchOffers(
        this.offers.map((offer) => ({ id: `${offer.agentId}.${offer.model}`, offer })),
        request.query,
      ),
    );
    app.get(listKeys.url, () => ({ data: [] }));
    app.get(getAccount.url, () => testAccount);
    this.url = await app.listen({ host: '127.0.0.1', port: 0 });
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  say(...lines: LogLine[]): void {
    this.lines.push(...lines);
    this.#changes.emit('change');
  }

  happen(type: string): void {
    const at = '2026-11-21T12:00:00.000Z';
    const { jobId } = this.job;
    const seq = this.events.length + 1;
    this.events.push({
      seq,
      type,
      at,
      actor: 'marketplace',
      accountId: null,
      jobId,
      executionId: null,
      reason: null,
      data: { attempt: 1 },
    });
  }

  become(job: JobDetail): void {
    this.job = job;
    this.#changes.emit('change');
  }

  /** Ends every live log as a proxy does: without an error, before the job is over. */
  closeStreams(): void {
    this.#changes.emit('close');
  }

  requests(method: string, ending: string): Seen[] {
    return this.seen.filter((seen) => seen.method === method && seen.url.endsWith(ending));
  }

  /** Each job costs 1 SOL. */
  #imported(document: unknown, query: ImportQuery) {
    const { format, jobs, warnings } = importDocument(document, query.format, {});
    const dryRun = String(query.dryRun) === 'true';
    const rows = jobs.map(({ name, after, spec }) =>
      dryRun
        ? { name, after, jobId: null, state: null, spec }
        : { name, after, jobId: this.job.jobId, state: 'queued' },
    );
    const total = { amount: String(jobs.length), asset: 'SOL' };
    return { format, dryRun, jobs: rows, warnings, label: dryRun ? null : this.job.jobId, total };
  }

  /** Jobs called `bad` are refused. */
  #rowFor(name: string | undefined) {
    if (name !== 'bad') return { jobId: this.job.jobId, state: 'queued' };
    return { problem: toProblem(new MarketError('JOB_UNSATISFIABLE', { detail: 'Nobody can.' })) };
  }

  #logs(request: FastifyRequest, reply: FastifyReply): unknown {
    const query = request.query as { after?: string; follow?: string };
    const after = Number(query.after ?? 0);
    if (query.follow !== 'true') {
      const data = this.lines.filter((line) => line.seq > after);
      const nextAfter = data.at(-1)?.seq ?? after;
      return { data, nextAfter, ended: isTerminalJob(this.job.state) };
    }
    reply.hijack();
    this.#stream(reply, after);
    return undefined;
  }

  /** A stream that ends politely after what there is, as a proxy would end it. */
  #listEvents(request: FastifyRequest, reply: FastifyReply): unknown {
    const { after = '0', follow } = request.query as { after?: string; follow?: string };
    const data = this.events.filter(({ seq }) => seq > Number(after));
    if (follow === 'true')
      return reply.send(data.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return { data, nextAfter: data.at(-1)?.seq ?? Number(after), more: false };
  }

  #stream(reply: FastifyReply, from: number): void {
    let after = from;
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
    raw.flushHeaders();
    const push = () => {
      for (const line of this.lines.filter(({ seq }) => seq > after)) {
        if (this.cutAfter !== null && line.seq > this.cutAfter) {
          this.cutAfter = null;
          // Half a line, then a dead socket: the worst a network does.
          raw.write('{"seq":', () => raw.destroy());
          return;
        }
        after = line.seq;
        raw.write(`${JSON.stringify(line)}\n`);
      }
      if (isTerminalJob(this.job.state)) raw.end();
    };
    this.#changes.on('change', push);
    const end = () => raw.end();
    this.#changes.on('close', end);
    raw.on('close', () => this.#changes.off('change', push).off('close', end));
    push();
  }
}

const publicUrls = new Set<string>([
  createQuote.url,
  getReceiptKey.url,
  listOffers.url,
  startDeviceLogin.url,
  takeDeviceToken.url,
]);

const testQuote: Quote = {
  quoteId: 'quo_06BR2J0S7XW8Z3Q1T5M4N6P9KD',
  specHash: '0'.repeat(64),
  kind: 'fixed',
  price: { amount: '0.001', asset: 'SOL' },
  bidPerGpuHour: null,
  fee: { amount: '0.00005', asset: 'SOL' },
  feeBasisPoints: 500,
  total: { amount: '0.00105', asset: 'SOL' },
  expiresAt: '2026-11-21T12:01:00.000Z',
  availability: { agentsMatching: 2, agentsFree: 1, devicesFree: null, queueAhead: 3 },
  eta: { startSecP50: 2.5, startSecP90: 9, samples: 20 },
  alternatives: [],
};

const testExplanation: Explanation = {
  jobId: null,
  state: null,
  possible: true,
  waitsFor: 'all_busy',
  waitsUntil: null,
  sentence: 'Every agent that could run it is busy.',
  counted: 'online',
  agents: 4,
  agentsFitting: 1,
  agentsRegistered: 5,
  constraints: [
    {
      constraint: 'gpu_memory',
      pointer: '/resources/gpus/memoryBytesMin',
      passes: 1,
      fails: 3,
      failsOnlyThis: 2,
    },
  ],
  alternatives: [
    {
      constraint: 'gpu_memory',
      pointer: '/resources/gpus/memoryBytesMin',
      value: 8,
      agents: 2,
      askMin: { amount: '0.5', asset: 'SOL' },
    },
  ],
  strategy: 'score',
  candidates: [
    {
      agentId: 'agt_06BR2J0S7XW8Z3Q1T5M4N6P9KD',
      agentName: 'garage',
      score: 0.75,
      freeSlots: 1,
      slots: 2,
      askPerGpuHour: null,
      now: false,
      waitsFor: 'gpu_count',
    },
  ],
  queueAhead: 2,
  eta: { startSecP50: 1, startSecP90: 3, samples: 7 },
  lease: null,
  sizing: null,
};

const none = { amount: '0', asset: 'USDC' };
const testAccount = {
  accountId: 'acc_06BR2J0S7XW8Z3Q1T5M4N6P9KD',
  wallet: null,
  name: null,
  balances: {
    SOL: { available: { amount: '0.0004', asset: 'SOL' }, held: { amount: '0', asset: 'SOL' } },
    USDC: { available: none, held: none },
  },
  createdAt: '2026-11-21T12:00:00.000Z',
};

function refuse(reply: FastifyReply, error: MarketError) {
  return reply.status(error.status).type('application/problem+json').send(toProblem(error));
}
