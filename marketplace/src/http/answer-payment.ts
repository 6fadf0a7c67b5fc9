import { MarketError, type Problem, toProblem } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { formatAmount } from '@node3/shared/money';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { X402 } from '../payments/x402-port.ts';
import {
  encodeHeader,
  readPaymentHeader,
  type SentPayment,
  toPaymentRequired,
  toRequirementsV1,
  toSettleResponse,
  type X402Resource,
  type X402Version,
} from '../payments/x402-wire.ts';
import { type PaidJob, payForJob } from '../services/pay-for-job.ts';
import type { HttpDeps } from './http-deps.ts';
import { readIdempotencyKey } from './idempotency-key.ts';

export interface PaidRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  body: unknown;
  spec: JobSpecInput;
  /** What is paid for, in a few words. */
  description: string;
  /** What the answer that asks for money has besides, in the words of a seed. */
  inWords?: (problem: Problem) => object;
}

type PostedJob = Extract<PaidJob, { kind: 'posted' }>;

/**
 * Takes the payment of a request and posts its job, with the protocol's headers on the answer. null
 * when the answer has been sent already: what it costs. Throws what posting throws.
 */
export async function takePayment(deps: HttpDeps, paid: PaidRequest): Promise<PostedJob | null> {
  const { request, reply, body, spec } = paid;
  const header = findHeader(request);
  const sent = header === null ? null : readSent(deps.x402, header);
  const idempotencyKey = readIdempotencyKey(request);
  const outcome = await payForJob(deps, { body, spec, sent, idempotencyKey });
  const version = header?.version ?? 2;
  if (outcome.kind === 'unpaid') {
    askForPayment(deps, paid, outcome, version);
    return null;
  }
  const { settled, x402 } = outcome;
  if (settled !== null) confirmPayment(reply, x402, version, settled);
  if (outcome.kind === 'credited') throw outcome.error;
  if (outcome.replayed) void reply.header('idempotency-replayed', 'true');
  return outcome;
}

interface SentHeader {
  version: X402Version;
  text: string;
}

function findHeader({ headers }: FastifyRequest): SentHeader | null {
  const second = headers['payment-signature'];
  if (typeof second === 'string') return { version: 2, text: second };
  const first = headers['x-payment'];
  return typeof first === 'string' ? { version: 1, text: first } : null;
}

function readSent(x402: X402 | null, { version, text }: SentHeader): SentPayment | string {
  return x402 === null ? 'unavailable' : readPaymentHeader(text, version, x402.offer.networks);
}

function confirmPayment(
  reply: FastifyReply,
  { offer }: X402,
  version: X402Version,
  settled: { signature: string; payer: string },
): void {
  const receipt = encodeHeader(toSettleResponse(offer.networks, version, settled));
  void reply.header(responseHeaders[version], receipt);
  void reply.header('cache-control', 'private');
}

const responseHeaders: Record<X402Version, string> = {
  1: 'x-payment-response',
  2: 'payment-response',
};

function askForPayment(
  deps: HttpDeps,
  { request, reply, description, inWords }: PaidRequest,
  { x402, charge, chargeV1, error }: Extract<PaidJob, { kind: 'unpaid' }>,
  version: X402Version,
): void {
  const { offer } = x402;
  const resource = { url: urlOf(deps, request), description };
  const why = error ?? 'payment_required';
  const isLeast = charge.amount === BigInt(limits.x402MicroUsdcMin);
  const least = ', the least that a payment moves; what the job costs less is credit';
  const amount = `${formatAmount(charge.amount, 'USDC')} USDC${isLeast ? least : ''}`;
  const detail =
    error === null
      ? `This costs ${amount}.`
      : `This costs ${amount}; the payment that was sent is not good: ${error}.`;
  const problem = toProblem(new MarketError('PAYMENT_REQUIRED', { detail }), request.id);
  void reply.header('cache-control', 'no-store');
  void reply.header(
    'payment-required',
    encodeHeader(toPaymentRequired(offer, charge, resource, why)),
  );
  if (error !== null) {
    const network = version === 1 ? offer.networks.v1 : offer.networks.v2;
    const refusal = { success: false, errorReason: error, transaction: '', network };
    void reply.header(responseHeaders[version], encodeHeader(refusal));
  }
  void reply
    .status(402)
    .type('application/problem+json')
    .send({
      ...problem,
      ...inWords?.(problem),
      x402Version: 1,
      error: why,
      accepts: [toRequirementsV1(offer, chargeV1, resource)],
    });
}

/** For the payer's eyes only; nothing is decided by it. */
function urlOf({ publicUrl }: HttpDeps, request: FastifyRequest): X402Resource['url'] {
  return originOf({ publicUrl }, request) + (request.url.split('?')[0] ?? '');
}

/** Where whoever asks reaches this marketplace. */
export function originOf(
  { publicUrl }: Pick<HttpDeps, 'publicUrl'>,
  request: FastifyRequest,
): string {
  return publicUrl ?? `${request.protocol}://${request.host}`;
}
