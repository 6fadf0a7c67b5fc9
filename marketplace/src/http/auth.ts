import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@node3/shared/clock';
import { isMarketError, MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { AccountScope, NeededScope } from '@node3/shared/key-scopes';
import { missingScope, operatorScopes } from '../domain/key-scopes.ts';
import {
  equalsHash,
  hashText,
  isSessionToken,
  isWorkingKey,
  keyIdOf,
} from '../services/api-key.ts';
import { type JobTokens, jobTokenPrefix } from '../services/job-token.ts';
import { lacksScope } from '../services/key-caller.ts';
import type { KeyUses } from '../services/key-uses.ts';
import type { KnownKeys } from '../services/known-keys.ts';
import type { AccountStore } from '../store/account-store.ts';
import type { JobStore } from '../store/job-store.ts';
import type { AgentRow, ApiKeyRow } from '../store/rows.ts';
import { type Caller, noteCaller } from './caller.ts';
import { assertOwnPage, isOwnPage, readSessionCookie } from './session-cookie.ts';

interface Deps {
  clock: Clock;
  store: Pick<AccountStore, 'apiKey' | 'agent'> & Pick<JobStore, 'job'>;
  jobTokens: JobTokens;
  knownKeys: KnownKeys;
  keyUses: Pick<KeyUses, 'note'>;
  adminApiKey: string;
  publicUrl: string | null;
  operatorAccountId: string;
  /** Hears of every key that is refused. `keyId` may be invented by whoever showed it. */
  onRefused(request: KeyHolder, code: ErrorCode, keyId: string | null): void;
}

export interface Requester {
  accountId: string;
  /** null for the operator's key and for a token of one job. */
  keyId: string | null;
  /** null: all that the account may do. */
  scopes: readonly AccountScope[] | null;
}

/** Where a key stands. The upgrade of a socket has no more than that. */
export interface KeyHolder {
  headers: IncomingMessage['headers'];
  socket: Pick<Socket, 'remoteAddress'>;
}

/** What tells who asks and for what kind of thing: a request of Fastify, or a call of gRPC. */
export interface KeyedRequest extends KeyHolder {
  /** GET and HEAD read, all others change. */
  method: string;
  /** With the job of a job's own token. */
  params: unknown;
  raw: KeyHolder;
  /** `config.scope`: what a key needs. */
  routeOptions: { config: unknown };
}

/** Finds out who calls, per kind of route. One key never works for two kinds of caller. */
export interface Authenticator {
  readonly public: (request: KeyedRequest) => null;
  readonly requester: (request: KeyedRequest) => Promise<Requester> | Requester;
  /** The same, or whoever holds the token of the job in the path. */
  readonly jobRequester: (request: KeyedRequest) => Promise<Requester> | Requester;
  readonly agent: (request: KeyHolder) => Promise<AgentRow> | AgentRow;
  readonly operator: (request: KeyedRequest) => Promise<'operator'> | 'operator';
  /** The id of the key of a request that was let in. */
  keyIdOf(request: KeyHolder): string;
  /** The account of a key that came in a message instead of a header; null when it is no good. */
  readonly requesterByKey: (apiKey: string, request: KeyHolder) => Promise<Requester | null>;
  /** The account of the key that a request shows; null without one, and for a key that is no account's. */
  readonly accountShown: (request: KeyedRequest) => Promise<Requester | null>;
  /** The account of the session in the cookie of a socket from one of our own pages; null without one. */
  readonly requesterBySession: (request: KeyHolder) => Promise<Requester | null>;
}

export function createAuthenticator(deps: Deps): Authenticator {
  const adminKeyHash = hashText(deps.adminApiKey);
  /** @param keyHash of the same key, which is hashed once for each request. */
  async function findKey(apiKey: string, keyHash = hashText(apiKey)): Promise<ApiKeyRow | null> {
    const keyId = keyIdOf(apiKey);
    const { changes } = deps.knownKeys;
    const row = keyId === null ? null : await deps.store.apiKey(keyId);
    if (row === null || !isWorkingKey(row, deps.clock.nowMs())) return null;
    if (!equalsHash(row.keyHash, keyHash)) return null;
    if (row.owner.kind === 'account') deps.knownKeys.keep(row, row.owner.accountId, changes);
    deps.keyUses.note(row);
    return row;
  }
  async function requesterByKey(apiKey: string): Promise<Requester | null> {
    const keyHash = hashText(apiKey);
    if (equalsHash(keyHash, adminKeyHash)) {
      return { accountId: deps.operatorAccountId, keyId: null, scopes: operatorScopes };
    }
    const key = await findKey(apiKey, keyHash);
    if (key?.owner.kind !== 'account') return null;
    return { accountId: key.owner.accountId, keyId: key.keyId, scopes: key.scopes };
  }
  const sessionOf = (request: KeyHolder) => readSessionCookie(deps.publicUrl, request);

  /** A key that is shown counts more than a cookie that comes along by itself. */
  function readKeyOrSession(request: KeyedRequest): string {
    const session = shownKey(request) === null ? sessionOf(request) : null;
    if (session === null) return readKey(request);
    assertOwnPage(deps.publicUrl, request.raw);
    if (!isSessionToken(session)) throw new MarketError('AUTH_INVALID');
    return session;
  }

  async function lookUpRequester(request: KeyedRequest, apiKey: string): Promise<Requester> {
    const found = await requesterByKey(apiKey);
    if (found !== null) return permitted(request, found);
    if ((await findKey(apiKey)) !== null) throw lacksScope('requester', 'This is an agent’s.');
    throw new MarketError('AUTH_INVALID');
  }
  function requester(request: KeyedRequest): Promise<Requester> | Requester {
    const apiKey = readKeyOrSession(request);
    const known = deps.knownKeys.find(hashText(apiKey));
    return known === null ? lookUpRequester(request, apiKey) : permitted(request, known);
  }
  async function requesterOfToken(request: KeyedRequest, token: string): Promise<Requester> {
    const { jobId = '' } = request.params as { jobId?: string };
    const job = deps.jobTokens.isFor(jobId, token) ? await deps.store.job(jobId) : null;
    if (job === null) throw new MarketError('AUTH_INVALID');
    return { accountId: job.accountId, keyId: null, scopes: null };
  }
  function requesterByJob(request: KeyedRequest): Promise<Requester> | Requester {
    const token = readKeyOrSession(request);
    return token.startsWith(jobTokenPrefix) ? requesterOfToken(request, token) : requester(request);
  }

  function noteRefusal(request: KeyHolder, error: unknown): void {
    const code = refusals.find((known) => isMarketError(error, known));
    if (code === undefined) return;
    deps.onRefused(request, code, keyIdOf(shownKey(request) ?? sessionOf(request) ?? ''));
  }

  /** Notes who was let in, and who was not. */
  function noted<R extends KeyHolder, T>(
    find: (request: R) => Promise<T> | T,
    callerOf: (found: T, request: R) => Caller,
  ): (request: R) => Promise<T> | T {
    async function noteOnceFound(request: R, finding: Promise<T>): Promise<T> {
      try {
        const found = await finding;
        noteCaller(request, callerOf(found, request));
        return found;
      } catch (error) {
        noteRefusal(request, error);
        throw error;
      }
    }
    return (request) => {
      try {
        const found = find(request);
        if (found instanceof Promise) return noteOnceFound(request, found);
        noteCaller(request, callerOf(found, request));
        return found;
      } catch (error) {
        // Most are refused without a look at the store.
        noteRefusal(request, error);
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
    async requesterByKey(apiKey, request) {
      const found = isSessionToken(apiKey) ? null : await requesterByKey(apiKey);
      const mayRead = found !== null && missingScope(found.scopes, 'requester', 'reads') === null;
      if (!mayRead) deps.onRefused(request, 'AUTH_INVALID', keyIdOf(apiKey));
      return mayRead ? found : null;
    },
    async accountShown(request) {
      const apiKey = shownKey(request);
      if (apiKey === null || apiKey.startsWith(jobTokenPrefix)) return null;
      const found = isSessionToken(apiKey) ? null : await requesterByKey(apiKey);
      const mayRead = found !== null && missingScope(found.scopes, 'requester', 'reads') === null;
      // Agents show theirs wherever they ask.
      const isGood = found !== null || (await findKey(apiKey)) !== null;
      if (!isGood) deps.onRefused(request, 'AUTH_INVALID', keyIdOf(apiKey));
      return mayRead ? found : null;
    },
    async requesterBySession(request) {
      const token = sessionOf(request);
      if (token === null || !isSessionToken(token)) return null;
      return isOwnPage(deps.publicUrl, request) ? requesterByKey(token) : null;
    },
    public: () => null,

    keyIdOf(request) {
      const keyId = keyIdOf(readKey(request));
      if (keyId === null) throw new MarketError('AUTH_INVALID');
      return keyId;
    },

    // Whoever was given the token of a job of the operator's is not the operator.
    jobRequester: noted(requesterByJob, (found, request) =>
      shownKey(request)?.startsWith(jobTokenPrefix) === true
        ? { actor: 'requester', accountId: found.accountId, keyId: null }
        : callerOfRequester(found),
    ),

    agent: noted(
      async (request: KeyHolder) => {
        const apiKey = readKey(request);
        const owner = (await findKey(apiKey))?.owner;
        if (owner === undefined) throw new MarketError('AUTH_INVALID');
        if (owner.kind !== 'agent') throw lacksScope('agent', 'This is a key of an account.');
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
      async (request: KeyedRequest) => {
        const apiKey = readKey(request);
        if (equalsHash(hashText(apiKey), adminKeyHash)) return 'operator' as const;
        const key = await findKey(apiKey);
        if (key === null) throw new MarketError('AUTH_INVALID');
        const isOfOperator =
          key.owner.kind === 'account' && key.owner.accountId === deps.operatorAccountId;
        // What others named themselves would not make them operators.
        assertScope(isOfOperator ? key.scopes : null, 'operator', request);
        return 'operator' as const;
      },
      (_, request) => ({ actor: 'operator', accountId: null, keyId: keyIdOf(readKey(request)) }),
    ),
  };
}

/** What a key is refused with; no key at all is what every browser begins with. */
const refusals: readonly ErrorCode[] = [
  'AUTH_INVALID',
  'AUTH_FORBIDDEN',
  'AGENT_DISABLED',
  'ORIGIN_REFUSED',
];

/** Throws AUTH_FORBIDDEN where the key may not do this. */
function permitted(request: KeyedRequest, found: Requester): Requester {
  if (found.scopes === null) return found;
  const { scope } = request.routeOptions.config as { scope?: NeededScope | null };
  assertScope(found.scopes, scope ?? 'requester', request);
  return found;
}

function assertScope(
  scopes: ApiKeyRow['scopes'] | readonly AccountScope[],
  needed: NeededScope,
  { method }: Pick<KeyedRequest, 'method'>,
): void {
  const request = method === 'GET' || method === 'HEAD' ? 'reads' : 'changes';
  const missing = missingScope(scopes, needed, request);
  if (missing === null) return;
  const isReader = missingScope(scopes, needed, 'reads') === null;
  throw lacksScope(missing, isReader ? 'This one is read-only.' : '');
}

function readKey(request: KeyHolder): string {
  const apiKey = shownKey(request);
  if (apiKey === null) throw new MarketError('AUTH_REQUIRED');
  // What a cookie holds is good there alone, where it is looked at who asks.
  if (isSessionToken(apiKey)) throw new MarketError('AUTH_INVALID');
  return apiKey;
}

/** `Authorization: Bearer <key>`, or the seed's `X-API-Key`. */
function shownKey(request: Pick<KeyHolder, 'headers'>): string | null {
  const bearer = readBearer(request.headers.authorization ?? '');
  const header = request.headers['x-api-key'];
  const apiKey = bearer ?? (typeof header === 'string' ? header.trim() : undefined);
  return apiKey === undefined || apiKey === '' ? null : apiKey;
}

function readBearer(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length).trim();
  return /^Bearer +(.*)$/i.exec(authorization)?.[1]?.trim();
}
