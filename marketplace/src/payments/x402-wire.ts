import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { X402Charge, X402Networks, X402Offer } from './x402-port.ts';

/** The shapes of the x402 protocol, versions 1 and 2, as they go over the wire. */

/** How long a payer may take to answer a challenge; a blockhash lives about as long. */
const timeoutSec = 60;

/** What the paid thing is, for the payer's eyes. */
export interface X402Resource {
  url: string;
  description: string;
}

const mimeType = 'application/json';

/**
 * Ties a payment to the body it pays for; short, since each byte of a memo is paid for. Everybody reads
 * it on chain: without the nonce, whoever guesses the body could show the payment as their own.
 */
export function memoOf(canonicalBody: string, nonce: string | null): string {
  const text = nonce === null ? canonicalBody : `${nonce} ${canonicalBody}`;
  const hash = createHash('sha256').update(text).digest('base64url');
  return `q:${hash.slice(0, 22)}`;
}

export function toRequirements(offer: X402Offer, charge: X402Charge) {
  const { memo, nonce } = charge;
  return {
    scheme: 'exact',
    network: offer.networks.v2,
    amount: String(charge.amount),
    asset: offer.usdcMint,
    payTo: offer.payTo,
    maxTimeoutSeconds: timeoutSec,
    extra: {
      feePayer: offer.feePayer,
      memo,
      paymentFlow: 'upfront',
      ...(nonce === null ? {} : { nonce }),
    },
  };
}

/** What a client of the first version reads from the body of the answer. */
export function toRequirementsV1(offer: X402Offer, charge: X402Charge, resource: X402Resource) {
  return {
    scheme: 'exact',
    network: offer.networks.v1,
    maxAmountRequired: String(charge.amount),
    resource: resource.url,
    description: resource.description,
    mimeType,
    payTo: offer.payTo,
    maxTimeoutSeconds: timeoutSec,
    asset: offer.usdcMint,
    outputSchema: null,
    extra: { feePayer: offer.feePayer, memo: charge.memo },
  };
}

/** The challenge of the second version, which stands in the PAYMENT-REQUIRED header. */
export function toPaymentRequired(
  offer: X402Offer,
  charge: X402Charge,
  resource: X402Resource,
  error: string,
) {
  return {
    x402Version: 2,
    error,
    resource: { url: resource.url, description: resource.description, mimeType },
    accepts: [toRequirements(offer, charge)],
    extensions: { [paymentIdentifier]: { info: { required: false }, schema: identifierSchema } },
  };
}

const paymentIdentifier = 'payment-identifier';
const identifierSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    required: { type: 'boolean' },
    id: { type: 'string', minLength: 16, maxLength: 128 },
  },
  required: ['required'],
};

/** What was settled, as the PAYMENT-RESPONSE header says it. */
export function toSettleResponse(
  networks: X402Networks,
  version: X402Version,
  settled: { signature: string; payer: string },
) {
  return {
    success: true,
    transaction: settled.signature,
    network: version === 1 ? networks.v1 : networks.v2,
    payer: settled.payer,
  };
}

export type X402Version = 1 | 2;

export function encodeHeader(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64');
}

/** A payment as a header carries it, whichever version it is of. */
export interface SentPayment {
  version: X402Version;
  transaction: string;
  /** Of the requirements that it answers; null without. */
  nonce: string | null;
  paymentId: string | null;
}

const Transaction = Type.Object({ transaction: Type.String({ minLength: 1, maxLength: 2_000 }) });
const Nonce = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const PayloadV1 = Type.Object({
  x402Version: Type.Literal(1),
  scheme: Type.Literal('exact'),
  network: Type.String({ maxLength: 64 }),
  payload: Transaction,
});
const PayloadV2 = Type.Object({
  x402Version: Type.Literal(2),
  accepted: Type.Object({
    scheme: Type.Literal('exact'),
    network: Type.String({ maxLength: 64 }),
    extra: Type.Optional(Type.Object({ nonce: Type.Optional(Nonce) })),
  }),
  payload: Transaction,
  extensions: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
const Identifier = Type.Object({
  info: Type.Object({
    id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{16,128}$' })),
  }),
});

/** Reads a payment header. A text instead says what is wrong with it, in the protocol's words. */
export function readPaymentHeader(
  header: string,
  version: X402Version,
  networks: X402Networks,
): SentPayment | string {
  const value = decodeJson(header);
  if (version === 1) {
    if (!Value.Check(PayloadV1, value)) return 'invalid_payload';
    if (value.network !== networks.v1) return 'network_mismatch';
    return { version, transaction: value.payload.transaction, nonce: null, paymentId: null };
  }
  if (!Value.Check(PayloadV2, value)) return 'invalid_payload';
  if (value.accepted.network !== networks.v2) return 'invalid_exact_svm_network_mismatch';
  return readExtensions(value);
}

function readExtensions(value: Static<typeof PayloadV2>): SentPayment | string {
  const { transaction } = value.payload;
  const nonce = value.accepted.extra?.nonce ?? null;
  const sent = { version: 2, transaction, nonce, paymentId: null } as const;
  const extension = value.extensions?.[paymentIdentifier];
  if (extension === undefined) return sent;
  if (!Value.Check(Identifier, extension)) return 'invalid_payment_identifier';
  return { ...sent, paymentId: extension.info.id ?? null };
}

function decodeJson(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    return null;
  }
}
