import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp, taggedUnion } from '../schema.ts';
import { Sha256 } from './artifacts.ts';
import { ExecuteRequest } from './galaksio.ts';
import { PaymentRequired } from './x402.ts';

/** The endpoints of Galaksio's broker and of its quote engine, with their names and units. */

/** An answer with a price in it is 402 and says payment_required; instructions are never given. */
export const brokerStates = [
  'queued',
  'awaiting_payment',
  'running',
  'completed',
  'failed',
] as const;
export type BrokerState = (typeof brokerStates)[number];

export const BrokerRun = strictObject({
  jobId: id('job'),
  status: oneOf(brokerStates),
  result: nullable(
    strictObject({
      stdout: Type.String(),
      stderr: Type.String(),
      exitCode: nullable(Type.Integer({ description: 'null where the program has none' })),
      executionTime: nullable(Type.Number({ description: 'Milliseconds' })),
    }),
  ),
  error: nullable(Type.String()),
});
export type BrokerRun = Static<typeof BrokerRun>;

const jobToken = Type.String({ description: 'Bearer token for this one job' });

/** Waits like /execute, and is paid like it. */
export const brokerRun = {
  method: 'POST',
  url: '/run',
  summary: 'Run code on a GPU and wait for its result, in the words of the broker',
  audience: 'public',
  tag: 'galaksio',
  schema: {
    body: ExecuteRequest,
    response: {
      200: strictObject({ ...BrokerRun.properties, jobToken }),
      402: PaymentRequired,
    },
  },
} as const satisfies RouteContract;

const readRun = {
  method: 'GET',
  summary: 'State and result of a run; a key of its account or its own token',
  audience: 'requester',
  tag: 'galaksio',
  schema: { params: strictObject({ jobId: id('job') }), response: { 200: BrokerRun } },
} as const;

export const brokerStatus = { ...readRun, url: '/status/:jobId' } as const satisfies RouteContract;
export const brokerJob = { ...readRun, url: '/job/:jobId' } as const satisfies RouteContract;

const Data = {
  data: Type.String({ maxLength: Math.ceil((limits.brokerDataBytes * 4) / 3) + 4 }),
  encoding: Type.Optional(oneOf(['utf8', 'base64'], 'utf8 when absent')),
  filename: Type.Optional(Type.String({ minLength: 1, maxLength: limits.artifactNameBytes })),
};
const ttl = Type.Integer({ minimum: 1, description: 'Seconds; at most as long as files are kept' });

export const BrokerFile = strictObject({
  jobId: id('artifact'),
  status: Type.Literal('completed'),
  url: Type.String({ description: 'Whoever has it may download, until urlExpiresAt' }),
  urlExpiresAt: Timestamp,
  filename: Type.String(),
  size: Type.Integer({ description: 'Bytes' }),
  sha256: Sha256,
  permanent: Type.Literal(false),
  expiresAt: Timestamp,
  txId: Type.Null({ description: 'It is on no chain' }),
});
export type BrokerFile = Static<typeof BrokerFile>;

export const brokerStore = {
  method: 'POST',
  url: '/store',
  summary: 'Keep a file of up to 10 MiB for some time',
  audience: 'requester',
  tag: 'galaksio',
  schema: {
    body: strictObject({
      ...Data,
      options: Type.Optional(
        strictObject({
          permanent: Type.Optional(Type.Boolean({ description: 'Nothing is: true is refused' })),
          ttl: Type.Optional(ttl),
        }),
      ),
    }),
    response: { 200: BrokerFile },
  },
} as const satisfies RouteContract;

export const brokerCache = {
  method: 'POST',
  url: '/cache',
  summary: 'Keep a value for an hour, or for its ttl',
  audience: 'requester',
  tag: 'galaksio',
  schema: {
    body: strictObject({
      ...Data,
      ttl: Type.Optional(ttl),
      region: Type.Optional(
        Type.String({ maxLength: 64, description: 'There is one place: any other is refused' }),
      ),
    }),
    response: { 200: BrokerFile },
  },
} as const satisfies RouteContract;

const { gpu_type, gpu_count, timeout, on_demand, language } = ExecuteRequest.properties;

export const QuoteRunRequest = strictObject({
  codeSize: Type.Optional(
    Type.Integer({ minimum: 0, maximum: limits.codeBytesMax, description: 'Costs nothing' }),
  ),
  language: Type.Optional(language),
  gpu_type,
  gpu_count,
  timeout,
  on_demand,
});
export type QuoteRunRequest = Static<typeof QuoteRunRequest>;

export const QuoteFileRequest = strictObject({
  size: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.brokerDataBytes })),
  ttl: Type.Optional(ttl),
});
export type QuoteFileRequest = Static<typeof QuoteFileRequest>;

const price = (description: string) => Type.Number({ minimum: 0, description });

export const BrokerQuote = strictObject({
  provider: Type.String(),
  provider_id: nullable(id('agent')),
  price_usd: price('The most it costs, with the fee; what a run does not use comes back'),
  currency: Type.Literal('USDC'),
  network: nullable(Type.String({ description: 'CAIP-2; null where x402 is off' })),
  recipient: nullable(Type.String({ description: 'Where a payment by x402 goes' })),
  available_now: Type.Boolean(),
  expires_at: Timestamp,
});
export type BrokerQuote = Static<typeof BrokerQuote>;

/** The cheapest stands first, and in the fields of the seed; they are null where nobody can do it. */
export const BrokerQuotes = strictObject({
  provider: nullable(BrokerQuote.properties.provider),
  price_usd: nullable(BrokerQuote.properties.price_usd),
  currency: BrokerQuote.properties.currency,
  network: BrokerQuote.properties.network,
  recipient: BrokerQuote.properties.recipient,
  pay_usd: price('What /run asks for at first, whoever runs it'),
  ttl: Type.Integer({ description: 'Seconds that it holds' }),
  quotes: Type.Array(BrokerQuote, { description: 'Cheapest first, ten at most' }),
});
export type BrokerQuotes = Static<typeof BrokerQuotes>;

const quote = {
  method: 'POST',
  audience: 'public',
  tag: 'galaksio',
} as const;

export const quoteRun = {
  ...quote,
  url: '/quote/run',
  summary: 'What a run costs at most at each provider that can do it, cheapest first',
  schema: { body: QuoteRunRequest, response: { 200: BrokerQuotes } },
} as const satisfies RouteContract;

export const quoteStore = {
  ...quote,
  url: '/quote/store',
  summary: 'What keeping a file costs: nothing, within the quota of an account',
  schema: { body: QuoteFileRequest, response: { 200: BrokerQuotes } },
} as const satisfies RouteContract;

export const quoteCache = {
  ...quoteStore,
  url: '/quote/cache',
  summary: 'What keeping a value costs: nothing, within the quota of an account',
} as const satisfies RouteContract;

export const quoteBest = {
  ...quote,
  url: '/quote/best',
  summary: 'The cheapest provider that can do a run; 404 where there is none',
  schema: { body: QuoteRunRequest, response: { 200: BrokerQuote } },
} as const satisfies RouteContract;

/** Its client calls them so. */
export const quoteRunV2 = { ...quoteRun, url: '/v2/quote/run' } as const satisfies RouteContract;
export const quoteStoreV2 = {
  ...quoteStore,
  url: '/v2/quote/store',
} as const satisfies RouteContract;
export const quoteCacheV2 = {
  ...quoteCache,
  url: '/v2/quote/cache',
} as const satisfies RouteContract;
export const quoteBestV2 = { ...quoteBest, url: '/v2/quote/best' } as const satisfies RouteContract;

export const brokerProviders = {
  method: 'GET',
  url: '/providers',
  summary: 'Who can run something, and who keeps files',
  audience: 'public',
  tag: 'galaksio',
  schema: {
    response: {
      200: strictObject({
        providers: Type.Array(
          strictObject({
            id: Type.String(),
            name: Type.String(),
            operations: Type.Array(oneOf(['run', 'store', 'cache'])),
            available: Type.Boolean(),
            gpus: Type.Array(Type.String()),
            price_per_gpu_hour_usd: nullable(
              Type.Number({ description: 'The least it asks; null takes anything' }),
            ),
          }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

const envelope = {
  agent_id: Type.Optional(Type.String({ maxLength: 128, description: 'Who sends it' })),
  meta: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown())),
};
const message = <const Name extends string, T extends Parameters<typeof Type.Optional>[0]>(
  type: Name,
  payload: T,
) => strictObject({ type: Type.Literal(type), payload, ...envelope });

export const AgentMessage = taggedUnion('type', [
  message('run', ExecuteRequest),
  message('status', strictObject({ jobId: id('job'), jobToken: Type.Optional(jobToken) })),
  message('quote', QuoteRunRequest),
]);
export type AgentMessage = Static<typeof AgentMessage>;

/** A run is answered at once; a message of type status says later how far it is. */
export const brokerMessage = {
  method: 'POST',
  url: '/a2a/message',
  summary: 'A message of another agent: run, status or quote, with its payload',
  audience: 'public',
  tag: 'galaksio',
  schema: {
    body: AgentMessage,
    response: {
      200: strictObject({
        type: oneOf(['run.result', 'status.result', 'quote.result']),
        agent_id: Type.Literal('node3-marketplace'),
        payload: Type.Union([
          strictObject({ ...BrokerRun.properties, jobToken: Type.Optional(jobToken) }),
          BrokerQuotes,
        ]),
        meta: Type.Record(Type.String(), Type.Unknown(), {
          description: 'That of the message, as it came',
        }),
      }),
      402: PaymentRequired,
    },
  },
} as const satisfies RouteContract;
