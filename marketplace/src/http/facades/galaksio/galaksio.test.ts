import { createClient } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { formatAmount } from '@node3/shared/money';
import { appendLogs } from '@node3/shared/routes/agents';
import type { ExecuteReply, ExecuteRequest } from '@node3/shared/routes/galaksio';
import { getJob } from '@node3/shared/routes/jobs';
import { createKeyPairSignerFromBytes } from '@solana/kit';
import {
  decodePaymentRequiredHeader,
  decodePaymentResponseHeader,
  encodePaymentSignatureHeader,
} from '@x402/core/http';
import { ExactSvmSchemeV1 } from '@x402/svm/exact/v1/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { X402Testbed } from '../../../payments/testing/x402-testbed.ts';
import { fenceOf, testAgentCalls } from '../../../testing/test-agent.ts';
import { l40s } from '../../../testing/test-devices.ts';
import { registerTestAgent } from '../../../testing/test-marketplace.ts';
import { toJobSpec } from './galaksio-mapping.ts';

let bed: X402Testbed;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
let calls: ReturnType<typeof testAgentCalls>;

beforeAll(async () => {
  bed = await X402Testbed.start();
  agent = await registerTestAgent(bed);
  calls = testAgentCalls(agent.client, { devices: [l40s] });
  await calls.poll();
});
afterAll(() => bed.stop());

const hello: ExecuteRequest = { code: 'print("hello")', language: 'python', timeout: 60 };

function execute(body: unknown, send: typeof fetch = fetch, headers: Record<string, string> = {}) {
  return bed.post(body, headers, send, '/execute');
}

async function paymentFor(body: unknown) {
  const response = await execute(body);
  const challenge = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
  return (await bed.stockClient(bed.buyer())).createPaymentPayload(challenge);
}

/** The agent takes the next execution and lets it write, run for some time and end. */
async function runNext(ending: { exitCode: number; runMs: number; stderr?: string }) {
  const offer = await calls.offer();
  await calls.run(offer);
  const line = (stream: 'stdout' | 'stderr', text: string) => ({
    stream,
    text,
    atMs: Date.now(),
    partial: false,
  });
  const lines = [line('stdout', 'hello'), line('stdout', 'world')];
  if (ending.stderr !== undefined) lines.push(line('stderr', ending.stderr));
  await agent.client.call(appendLogs, {
    params: { executionId: offer.executionId },
    body: { ...fenceOf(offer), seqFirst: 1, lines },
  });
  const { exitCode, runMs } = ending;
  const failed = { outcome: 'failed' as const, reason: 'nonzero_exit' as const };
  await calls.report(offer, {
    exitCode,
    runMs,
    logLines: lines.length,
    ...(exitCode === 0 ? {} : failed),
  });
  return offer;
}

describe('POST /execute', () => {
  it('asks for the price of the whole timeout, with the fee', async () => {
    const response = await execute({ ...hello, timeout: 3_600 });
    expect(response.status).toBe(402);
    const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    expect(header.accepts[0]?.amount).toBe('840000');
    expect(header.resource).toMatchObject({
      url: `${bed.url}/execute`,
      description: 'python on 1 × l40s, at most 3600 s; the rest comes back',
    });
    expect(await response.json()).toMatchObject({
      x402Version: 1,
      accepts: [{ scheme: 'exact', network: 'solana-devnet', maxAmountRequired: '840000' }],
    });
  });

  it('[2.01] [7.13] [7.17] [P74] runs what a stock client pays for, and gives back what the run did not use', async () => {
    const buyer = bed.buyer();
    const pay = await bed.payingFetch(buyer);
    const [response] = await Promise.all([
      execute(hello, pay),
      runNext({ exitCode: 0, runMs: 9_000 }),
    ]);
    const receipt = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
    expect([response.status, receipt.success]).toEqual([200, true]);
    const reply = (await response.json()) as ExecuteReply;
    expect(reply).toEqual({
      job_id: expect.stringMatching(/^job_/),
      status: 'completed',
      output: 'hello\nworld\n',
      error: null,
      execution_time: expect.any(Number),
      job_token: expect.stringMatching(/^n3_job_/),
    });
    // 60 s were paid for: 13,334 micro-USDC and 5 %. The run is charged by its milliseconds.
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 14_000n);
    const client = createClient({ baseUrl: bed.url, apiKey: reply.job_token });
    const job = await client.call(getJob, { params: { jobId: reply.job_id } });
    const run = (800_000n * BigInt(Math.round((reply.execution_time ?? 0) * 1_000))) / 3_600_000n;
    const charged = run + (run * 5n) / 100n;
    expect(run).toBeGreaterThan(0n);
    expect(job.settlement).toMatchObject({
      quoted: { amount: '0.014' },
      charged: { amount: formatAmount(charged, 'USDC') },
      refund: { amount: formatAmount(14_000n - charged, 'USDC') },
    });
    const account = await bed.process.store.accountOfWallet(buyer.address);
    const balances = await bed.process.store.accountBalances(account?.accountId ?? '');
    expect(balances.USDC).toEqual({ available: 14_000n - charged, held: 0n });
  });

  it('says why code failed', async () => {
    const pay = await bed.payingFetch(bed.buyer());
    const [response] = await Promise.all([
      execute({ ...hello, code: 'raise SystemExit(3)' }, pay),
      runNext({ exitCode: 3, runMs: 100, stderr: 'Traceback' }),
    ]);
    expect(await response.json()).toMatchObject({
      status: 'failed',
      output: 'hello\nworld\n',
      error: expect.stringContaining('Traceback'),
      execution_time: expect.any(Number),
    });
  });

  it('[2.01] stops waiting at the timeout of the code and says how far it is', async () => {
    const pay = await bed.payingFetch(bed.buyer());
    const response = await execute({ ...hello, timeout: 1 }, pay);
    const reply = (await response.json()) as ExecuteReply;
    expect(reply).toMatchObject({ status: 'pending', output: null, error: null });
    const { executionId } = await runNext({ exitCode: 0, runMs: 10 });
    const client = createClient({ baseUrl: bed.url, apiKey: reply.job_token });
    const job = await client.call(getJob, { params: { jobId: reply.job_id } });
    expect(job).toMatchObject({ state: 'succeeded', executions: [{ executionId }] });
  });

  it('is repeated by the same payment without running again', async () => {
    const buyer = bed.buyer();
    let sent = '';
    const pay = await bed.payingFetch(buyer, async (input, init) => {
      const headers = input instanceof Request ? input.headers : new Headers(init?.headers);
      sent = headers.get('payment-signature') ?? sent;
      return fetch(input, init);
    });
    const [response] = await Promise.all([
      execute({ ...hello, code: 'once()' }, pay),
      runNext({ exitCode: 0, runMs: 10 }),
    ]);
    const again = await execute({ ...hello, code: 'once()' }, fetch, { 'payment-signature': sent });
    expect(await again.json()).toEqual(await response.json());
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 14_000n);
  });

  it('repeated more often than anybody waits for one job, is answered at once', async () => {
    const body = { ...hello, code: 'slow()' };
    const signature = encodePaymentSignatureHeader(await paymentFor(body));
    const repeat = () => execute(body, fetch, { 'payment-signature': signature });
    const waiting = Array.from({ length: limits.waitersPerJob }, repeat);
    await Promise.all(waiting);
    const reply = (await (await repeat()).json()) as ExecuteReply;
    expect(reply.status).toBe('pending');
    await runNext({ exitCode: 0, runMs: 10 });
    for (const response of waiting) {
      expect(await (await response).json()).toMatchObject({ status: 'completed' });
    }
  });

  it.each([
    [{ ...hello, language: 'cobol' }, 'REQUEST_INVALID'],
    [{ ...hello, gpu_type: 'h100' }, 'REQUEST_INVALID'],
    [{ ...hello, gpu_count: 0 }, 'REQUEST_INVALID'],
    [{ ...hello, gpu_count: 9 }, 'REQUEST_INVALID'],
    [{ ...hello, timeout: 3_601 }, 'REQUEST_INVALID'],
    [{ ...hello, code: '' }, 'REQUEST_INVALID'],
    [{ ...hello, code: '!', is_base64: true }, 'REQUEST_INVALID'],
    [{ ...hello, code: 'gICA', is_base64: true }, 'REQUEST_INVALID'],
    [{ ...hello, gpuCount: 2 }, 'REQUEST_INVALID'],
    [{ ...hello, gpu_type: 'a100' }, 'JOB_UNSATISFIABLE'],
  ])('refuses what it can not run before it asks for money (%#)', async (body, code) => {
    const response = await execute(body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code });
  });
});

describe('POST /run', () => {
  const run = (body: object, send: typeof fetch = fetch, headers = {}) =>
    bed.post(body, headers, send, '/run');

  it('[2.34] says what it costs in the form of the broker and of both versions of x402', async () => {
    const response = await run(hello);
    expect([response.status, response.headers.get('payment-required')]).toEqual([
      402,
      expect.any(String),
    ]);
    expect(await response.json()).toMatchObject({
      error: 'payment_required',
      message: expect.stringContaining('0.014 USDC'),
      statusCode: 402,
      code: 'PAYMENT_REQUIRED',
      x402Version: 1,
      accepts: [{ scheme: 'exact', maxAmountRequired: '14000' }],
    });
  });

  it('[7.13] runs what the second version pays for, with the result in the words of the broker', async () => {
    const pay = await bed.payingFetch(bed.buyer());
    const [response] = await Promise.all([
      run({ ...hello, code: 'second()' }, pay),
      runNext({ exitCode: 0, runMs: 20, stderr: 'warning' }),
    ]);
    expect(response.headers.get('payment-response')).not.toBeNull();
    const reply = (await response.json()) as { jobId: string; jobToken: string };
    const done = {
      jobId: expect.stringMatching(/^job_/),
      status: 'completed',
      result: {
        stdout: 'hello\nworld\n',
        stderr: 'warning\n',
        exitCode: 0,
        executionTime: expect.any(Number),
      },
      error: null,
    };
    expect(reply).toEqual({ ...done, jobToken: expect.stringMatching(/^n3_job_/) });
    for (const path of [`/status/${reply.jobId}`, `/job/${reply.jobId}`]) {
      const headers = { authorization: `Bearer ${reply.jobToken}` };
      const read = await fetch(bed.url + path, { headers });
      expect([read.status, await read.json()]).toEqual([200, done]);
      expect((await fetch(bed.url + path)).status).toBe(401);
    }
  });

  it('[7.13] runs what the first version pays for, and says how code failed', async () => {
    const body = { ...hello, code: 'first()' };
    const buyer = bed.buyer();
    const challenge = (await (await run(body)).json()) as {
      accepts: Parameters<ExactSvmSchemeV1['createPaymentPayload']>[1][];
    };
    const [accepted] = challenge.accepts;
    if (accepted === undefined) throw new Error('the challenge accepts nothing');
    const signer = await createKeyPairSignerFromBytes(buyer.keypair.secretKey);
    const scheme = new ExactSvmSchemeV1(signer, { rpcUrl: bed.localnet.rpcUrl });
    const paid = JSON.stringify(await scheme.createPaymentPayload(1, accepted));
    const headers = { 'x-payment': Buffer.from(paid).toString('base64') };
    const [response] = await Promise.all([
      run(body, fetch, headers),
      runNext({ exitCode: 3, runMs: 20, stderr: 'Traceback' }),
    ]);
    expect(response.headers.get('x-payment-response')).not.toBeNull();
    expect(await response.json()).toMatchObject({
      status: 'failed',
      result: { stderr: 'Traceback\n', exitCode: 3 },
      error: expect.any(String),
    });
  });
});

describe('code in base64', () => {
  const base64 = (code: string) => toJobSpec({ code, language: 'python', is_base64: true });

  it.each(['cHJpbnQoMSk=', 'cHJpbnQoMSk', 'cHJp\nbnQo\r\nMSk=\n'])(
    'may be padded, bare or in lines (%j)',
    (code) => {
      expect(base64(code).workload).toMatchObject({ code: 'print(1)' });
    },
  );

  it('is refused in no time, however long and wrong it is: it is read before anybody pays', () => {
    const wrong = `AAAA${'='.repeat(130_000)}x`;
    const startedMs = performance.now();
    expect(() => base64(wrong)).toThrow('/code must be base64');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe('POST /execute/async', () => {
  it('[2.02] answers with the job at once', async () => {
    const pay = await bed.payingFetch(bed.buyer());
    const body = { ...hello, code: Buffer.from('print("ä")').toString('base64'), is_base64: true };
    const response = await bed.post(body, {}, pay, '/execute/async');
    expect(response.status).toBe(200);
    const { job_id: jobId } = (await response.json()) as { job_id: string };
    const offer = await runNext({ exitCode: 0, runMs: 10 });
    expect(offer).toMatchObject({ jobId, spec: { workload: { code: 'print("ä")' } } });
  });

  it('is paid from the balance when it comes with the key of an account', async () => {
    const headers = { 'x-api-key': 'nobody' };
    const response = await bed.post(hello, headers, fetch, '/execute/async');
    expect([response.status, response.headers.get('payment-required')]).toEqual([401, null]);
    const operator = { 'x-api-key': bed.adminApiKey };
    const poor = await bed.post(hello, operator, fetch, '/execute/async');
    expect(await poor.json()).toMatchObject({ code: 'FUNDS_INSUFFICIENT' });
  });
});

describe('the mapping of an execution', () => {
  it('[2.07] [2.08] turns every field into the spec of a job', () => {
    const request = { ...hello, gpu_type: 'a100', gpu_count: 4, on_demand: true } as const;
    expect(toJobSpec(request)).toEqual({
      labels: { api: 'galaksio' },
      priority: 'high',
      workload: { kind: 'script', language: 'python', code: 'print("hello")' },
      resources: { gpus: { count: 4, models: ['a100'] } },
      limits: { runSec: 60 },
      price: {
        kind: 'metered',
        bidPerGpuHour: { amount: '1.8', asset: 'USDC' },
        cap: { amount: '0.12', asset: 'USDC' },
      },
    });
  });

  it.each(['python', 'javascript', 'bash', 'typescript'] as const)('[2.06] runs %s', (language) => {
    const { workload } = toJobSpec({ code: 'x', language });
    expect(workload).toEqual({ kind: 'script', language, code: 'x' });
  });

  it('[2.07] [2.08] takes the defaults of the seed', () => {
    const spec = toJobSpec({ code: 'x', language: 'javascript' });
    expect(spec).toMatchObject({
      priority: 'normal',
      resources: { gpus: { count: 1, models: ['l40s'] } },
      limits: { runSec: 300 },
    });
  });
});
