import type { IncomingMessage } from 'node:http';
import type { Clock } from '@node3/shared/clock';
import { isMarketError, MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { FastifyRequest } from 'fastify';
import { equalsHash, hashText, isWorkingKey, keyIdOf } from '../services/api-key.ts';
import { type JobTokens, jobTokenPrefix } from '../services/job-token.ts';
import type { AccountStore } from '../store/account-store.ts';
import type { JobStore } from '../store/job-store.ts';
import type { AgentRow } from '../store/rows.ts';
import { type Caller, noteCaller } from './caller.ts';

interface Deps {
  clock: Clock;
  store: Pick<AccountStore, 'apiKey' | 'agent'> & Pick<JobStore, 'job'>;
  jobTokens: JobTokens;
  adminApiKey: string;
  operatorAccountId: string;
  /** Hears of every key that is refused. `keyId` may be invented by whoever showed it. */
  onRefused(request: KeyHolder, code: ErrorCode, keyId: string | null): void;
}

export interface Requester {
  accountId: string;
  /** null for the operator's key and for a token of one job. */
  keyId: string | null;
}

/** Where a key stands. The upgrade of a socket has no more than that. */
type KeyHolder = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Finds out who calls, per kind of route. One key never works for two kinds of caller. */
export interface Authenticator {
  readonly public: (request: FastifyRequest) => Promise<null>;
  readonly requester: (request: FastifyRequest) => Promise<Requester>;
  /** The same, or whoever holds the token of the job in the path. */
  readonly jobRequester: (request: FastifyRequest) => Promise<Requester>;
  readonly agent: (request: KeyHolder) => Promise<AgentRow>;
  readonly operator: (request: FastifyRequest) => Promise<'operator'>;
  /** The id of the key of a request that was let in. */
  keyIdOf(request: KeyHolder): string;
  /** The account of a key that came in a message instead of a header; null when it is no good. */
  readonly requesterByKey: (apiKey: string) => Promise<Requester | null>;
}

export function createAuthenticator(deps: Deps): Authenticator {
  const adminKeyHash = hashText(deps.adminApiKey);
  /** @param keyHash of the same key, which is hashed once for each request. */
  async function ownerOf(apiKey: string, keyHash = hashText(apiKey)) {
    const keyId = keyIdOf(apiKey);
    const row = keyId === null ? null : await deps.store.apiKey(keyId);
    if (row === null || !isWorkingKey(row, deps.clock.nowMs())) return null;
    return equalsHash(row.keyHash, keyHash) ? row.owner : null;
  }
  async function requesterByKey(apiKey: string): Promise<Requester | null> {
    const keyHash = hashText(apiKey);
    if (equalsHash(keyHash, adminKeyHash)) {
      return { accountId: deps.operatorAccountId, keyId: null };
    }
    const owner = await ownerOf(apiKey, keyHash);
    const keyId = keyIdOf(apiKey);
    return owner?.kind === 'account' ? { accountId: owner.accountId, keyId } : null;
  }
  async function requester(request: FastifyRequest): Promise<Requester> {
    const apiKey = readKey(request);
    const found = await requesterByKey(apiKey);
    if (found !== null) return found;
    if ((await ownerOf(apiKey)) !== null) throw forbidden('a requester key');
    throw new MarketError('AUTH_INVALID');
  }

  /** Notes who was let in, and who was not. */
  function noted<R extends KeyHolder, T>(
    find: (request: R) => Promise<T>,
    callerOf: (found: T, request: R) => Caller,
  ): (request: R) => Promise<T> {
    return async (request) => {
      try {
        const found = await find(request);
        noteCaller(request, callerOf(found, request));
        return found;
      } catch (error) {
        const code = refusals.find((known) => isMarketError(error, known));
        if (code !== undefined) deps.onRefused(request, code, keyIdOf(readKey(request)));
        throw error;
      }
    };
  }
  const callerOfRequester = ({ accountId, keyId }: Requester): Caller => ({
    actor: keyId === null && accountId === deps.operatorAccountId ? 'operator' : 'requester',
    accountId,
    keyId,
  });

  return {
    requester: noted(requester, callerOfRequester),
    requesterByKey,
    async public() {
      return null;
    },

    keyIdOf(request) {
      const keyId = keyIdOf(readKey(request));
      if (keyId === null) throw new MarketError('AUTH_INVALID');
      return keyId;
    },

    jobRequester: noted(async (request: FastifyRequest) => {
      const token = readKey(request);
      if (!token.startsWith(jobTokenPrefix)) return requester(request);
      const { jobId = '' } = request.params as { jobId?: string };
      const job = deps.jobTokens.isFor(jobId, token) ? await deps.store.job(jobId) : null;
      if (job === null) throw new MarketError('AUTH_INVALID');
      return { accountId: job.accountId, keyId: null };
    }, callerOfRequester),

    agent: noted(
      async (request: KeyHolder) => {
        const apiKey = readKey(request);
        const owner = await ownerOf(apiKey);
        if (owner === null) throw new MarketError('AUTH_INVALID');
        if (owner.kind !== 'agent') throw forbidden('an agent key');
        const agent = await deps.store.agent(owner.agentId);
        if (agent === null) throw new MarketError('AUTH_INVALID');
        if (agent.state === 'disabled') {
          throw new MarketError('AGENT_DISABLED', { agentId: agent.agentId });
        }
        return agent;
      },
      (agent, request) => ({
        actor: `agent:${agent.agentId}`,
        accountId: null,
        keyId: keyIdOf(readKey(request)),
      }),
    ),
    operator: noted(
      async (request: FastifyRequest) => {
        const apiKey = readKey(request);
        if (equalsHash(hashText(apiKey), adminKeyHash)) return 'operator' as const;
        throw (await ownerOf(apiKey)) === null
          ? new MarketError('AUTH_INVALID')
          : forbidden('the operator key');
      },
      () => ({ actor: 'operator', accountId: null, keyId: null }),
    ),
  };
}

/** What a key is refused with; no key at all is what every browser begins with. */
const refusals: readonly ErrorCode[] = ['AUTH_INVALID', 'AUTH_FORBIDDEN', 'AGENT_DISABLED'];

function forbidden(wanted: string): MarketError {
  return new MarketError('AUTH_FORBIDDEN', { detail: `This needs ${wanted}.` });
}

/** `Authorization: Bearer <key>`, or the seed's `X-API-Key`. */
function readKey(request: KeyHolder): string {
  const { authorization } = request.headers;
  const bearer = /^Bearer +(.*)$/i.exec(authorization ?? '')?.[1]?.trim();
  const header = request.headers['x-api-key'];
  const apiKey = bearer ?? (typeof header === 'string' ? header.trim() : undefined);
  if (apiKey === undefined || apiKey === '') throw new MarketError('AUTH_REQUIRED');
  return apiKey;
}
