import { Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { JobSpecInput } from '../job-spec.ts';
import { id, nullable, oneOf, strictObject, WalletAddress } from '../schema.ts';
import { JobDetail } from './jobs.ts';

export const X402Offer = strictObject({
  open: Type.Boolean(),
  reason: nullable(Type.String({ description: 'Why no payments are taken at present' })),
  scheme: oneOf(['exact']),
  networks: strictObject({
    v2: Type.String({ description: 'CAIP-2; localnet presents itself as devnet' }),
    v1: Type.String(),
  }),
  asset: strictObject({
    mint: WalletAddress,
    symbol: oneOf(['USDC']),
    decimals: Type.Integer(),
  }),
  payTo: WalletAddress,
  feePayer: WalletAddress,
  endpoints: Type.Array(Type.String()),
  spendControl: Type.String({ description: 'What stock clients refuse to pay by themselves' }),
});

export const getX402 = {
  method: 'GET',
  url: '/api/v1/x402',
  summary: 'How requests can be paid without an account',
  audience: 'public',
  tag: 'x402',
  schema: { response: { 200: strictObject({ offer: nullable(X402Offer) }) } },
} as const satisfies RouteContract;

export const X402Payment = strictObject({
  signature: Type.String({ description: 'Of the transaction that paid' }),
  payer: WalletAddress,
  accountId: id('account'),
});

/** A posted job and what is needed to follow it without an account. */
export const X402Job = strictObject({
  ...JobDetail.properties,
  jobToken: Type.String({
    description: 'Bearer token that reads and cancels this one job and reads its logs',
  }),
  payment: nullable(X402Payment),
});

/** What the first version of the protocol reads; the second reads the PAYMENT-REQUIRED header. */
export const PaymentRequired = Type.Object(
  {
    code: Type.String(),
    detail: Type.String(),
    x402Version: Type.Literal(1),
    error: Type.String(),
    accepts: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  },
  { description: 'A problem, with the requirements of x402 version 1 beside it' },
);

/**
 * Without a payment the answer is 402 and says what the job costs, in the header PAYMENT-REQUIRED and
 * in the body. The same payment again answers the same job.
 */
export const createX402Job = {
  method: 'POST',
  url: '/api/v1/x402/jobs',
  summary: 'Post a job and pay for it with the request (x402), without an account',
  audience: 'public',
  tag: 'x402',
  schema: { body: JobSpecInput, response: { 201: X402Job, 402: PaymentRequired } },
} as const satisfies RouteContract;
