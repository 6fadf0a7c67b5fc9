import type { Budget } from '../budget.ts';
import { BudgetError, ContentError, OptionError } from '../errors.ts';
import { toApiError } from '../http/read-problem.ts';
import {
  type Answer,
  idempotent,
  isRefusal,
  type PostOptions,
  type Transport,
} from '../http/transport.ts';
import { Money, type MoneyInput } from '../money.ts';
import type { CostOptions } from '../quotes.ts';
import type { PaidJob } from '../types/job.ts';
import type { JobSpec } from '../types/job-spec.ts';

/** What the marketplace asks for, as x402 has it. */
export interface PaymentRequired {
  x402Version: number;
  resource?: { url: string; description?: string; mimeType?: string };
  /** Ways to pay; `amount` is in the smallest unit of `asset`, as a decimal string. */
  accepts: PaymentRequirement[];
  [field: string]: unknown;
}

/** One way to pay. */
export interface PaymentRequirement {
  scheme: string;
  network: string;
  amount: string;
  /** Address of the token's mint. */
  asset: string;
  payTo: string;
  [field: string]: unknown;
}

/** How jobs are paid for by the request that posts them, without an account. */
export interface X402Options {
  /**
   * Signs a payment for what is asked, and resolves with the payment payload: the object of the
   * protocol, or its base64. It is called once for each job; a try that is repeated sends the same
   * payment. Any x402 client makes one: see docs/guides/use-the-sdk.md.
   */
  pay: (required: PaymentRequired) => Promise<object | string>;
  /** The most that one payment may move, fee included; in USDC. More is never given to `pay`. */
  maxPayment: MoneyInput;
  /** Mints that are USDC as well, beside Circle's on mainnet and devnet. `pay` is asked for no other token. */
  usdcMints?: readonly string[];
}

/** USDC of Circle on Solana's mainnet and devnet: https://developers.circle.com/stablecoins/usdc-contract-addresses */
const circleMints = [
  'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU',
];

const path = '/api/v1/x402/jobs';
const paymentRequired = 402;

/**
 * Posts a job that is paid for with the request. Rejects with BudgetError before anything is signed,
 * and with what `pay` rejects with.
 */
export async function payForJob(
  { transport, budget, x402 }: { transport: Transport; budget: Budget; x402: X402Options },
  spec: JobSpec,
  options: PostOptions & CostOptions,
): Promise<PaidJob> {
  const call = { method: 'POST', path, body: spec, token: null, ...idempotent(options) } as const;
  const first = await transport.answer(call, [paymentRequired]);
  if (first.status !== paymentRequired) return first.body as PaidJob;
  const required = inUsdc(readRequired(first), x402);
  const cost = amountOf(required);
  const most = Money.from(x402.maxPayment);
  if (cost.isMoreThan(most)) throw new BudgetError('payment', cost, most);
  const hold = budget.hold(cost, options.maxCost);
  let payment: Record<string, string>;
  try {
    payment = paymentHeader(await x402.pay(required));
  } catch (error) {
    hold.release();
    throw error;
  }
  try {
    const headers = { ...call.headers, ...payment };
    const job = await transport.json<PaidJob>({ ...call, headers });
    hold.keep(job.jobId);
    return job;
  } catch (error) {
    // Asked again, nothing was taken; refused, what was taken is on the account of the wallet.
    if (isRefusal(error)) hold.release();
    throw error;
  }
}

function readRequired({ headers, body, status }: Answer): PaymentRequired {
  const header = headers.get('payment-required');
  const required = header === null ? null : decode(header);
  if (required !== null && Array.isArray(required['accepts'])) {
    return required as unknown as PaymentRequired;
  }
  throw toApiError(body as Record<string, unknown>, status, headers);
}

/** Only the ways to pay whose amounts are what they seem. */
function inUsdc(required: PaymentRequired, { usdcMints = [] }: X402Options): PaymentRequired {
  const known = [...circleMints, ...usdcMints];
  const accepts = required.accepts.filter(({ asset }) => known.includes(asset));
  if (accepts.length > 0) return { ...required, accepts };
  const mints = required.accepts.map(({ asset }) => asset).join(', ');
  throw new ContentError(`None of the tokens that are asked for is known to be USDC: ${mints}.`);
}

/** The dearest way to pay: whoever signs chooses. USDC has 6 decimal places. */
function amountOf({ accepts }: PaymentRequired): Money {
  const amounts = accepts.map(({ amount }) => {
    if (/^[0-9]{1,18}$/.test(amount)) return BigInt(amount);
    throw new ContentError(`The price is not readable: ${amount}.`);
  });
  const most = amounts.reduce((max, amount) => (amount > max ? amount : max), 0n);
  return new Money(most, 'USDC');
}

const header = { 1: 'x-payment', 2: 'payment-signature' } as const;

/** Each version of the protocol has a header of its own. */
function paymentHeader(payment: object | string): Record<string, string> {
  const text = typeof payment === 'string' ? payment : encode(payment);
  const version = decode(text)?.['x402Version'];
  if (version === 1 || version === 2) return { [header[version]]: text };
  throw new OptionError('x402.pay', 'it must resolve with a payment payload of x402Version 1 or 2');
}

/** JSON in base64, as headers of x402 have it. */
function encode(value: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function decode(text: string): Record<string, unknown> | null {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
