import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  type BrokerQuotes,
  brokerProviders,
  type QuoteRunRequest,
  quoteBest,
  quoteBestV2,
  quoteCache,
  quoteCacheV2,
  quoteRun,
  quoteRunV2,
  quoteStore,
  quoteStoreV2,
} from '@node3/shared/routes/galaksio-broker';
import type { FastifyInstance } from 'fastify';
import { quoteProviders } from '../../../services/quote-providers.ts';
import { listPublicAgents } from '../../../services/read-agents.ts';
import { shareAnswers } from '../../../services/share-answers.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { publicWriteLimit } from '../../rate-limit.ts';
import { alsoPage } from '../../static-files.ts';
import {
  ownProvider,
  toFileQuotes,
  toProvider,
  toQuotedRun,
  toRunQuotes,
} from './broker-mapping.ts';
import { toJobSpec } from './galaksio-mapping.ts';

/** As for the marketplace's own lists: it is open to everybody and reads much. */
const spacingMs = 250;

/** What Galaksio's quote engine answers. */
export function addBrokerQuoteRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const options = { authenticate: deps.auth.public, config: publicWriteLimit };
  for (const contract of [quoteRun, quoteRunV2]) {
    addRoute(app, contract, {
      ...options,
      handler: async ({ body }) => readRunQuotes(deps, body),
    });
  }
  for (const contract of [quoteStore, quoteStoreV2, quoteCache, quoteCacheV2]) {
    addRoute(app, contract, { ...options, handler: async () => toFileQuotes(termsOf(deps)) });
  }
  for (const contract of [quoteBest, quoteBestV2]) {
    addRoute(app, contract, {
      ...options,
      async handler({ body }) {
        const [best] = readRunQuotes(deps, body).quotes;
        if (best !== undefined) return best;
        const detail = 'No provider that is online can do this run.';
        throw new MarketError('AGENT_NOT_FOUND', { detail });
      },
    });
  }
  const askAgents = shareAnswers(deps.clock, spacingMs, () => listPublicAgents(deps));
  addRoute(app, brokerProviders, {
    authenticate: deps.auth.public,
    config: alsoPage,
    handler: async () => ({ providers: [ownProvider, ...(await askAgents()).map(toProvider)] }),
  });
}

export function readRunQuotes(deps: HttpDeps, request: QuoteRunRequest): BrokerQuotes {
  return toRunQuotes(quoteProviders(deps, toJobSpec(toQuotedRun(request))), termsOf(deps));
}

function termsOf({ x402, clock }: HttpDeps) {
  return { offer: x402?.offer ?? null, nowMs: clock.nowMs() };
}
