import type { Metadata } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import type { NeededScope } from '@node3/shared/key-scopes';
import { withLogContext } from '@node3/shared/log-context';
import type { KeyedRequest, Requester } from '../http/auth.ts';
import { callerOf } from '../http/caller.ts';
import { noteFailedProof, originOf } from '../http/note-origin.ts';
import { requestIdOf } from '../http/request-context.ts';
import { keyIdOf } from '../services/api-key.ts';
import { underOrigin } from '../store/request-origin.ts';
import type { AgentRow } from '../store/rows.ts';
import type { GrpcDeps } from './grpc-deps.ts';

/** Who may make a call, and what it is given then. */
export interface Principals {
  requester: Requester;
  agent: AgentRow;
  operator: 'operator';
  /** A worker for itself, or the operator for any. */
  agentOrOperator: AgentRow | 'operator';
  public: null;
}
export type Access = keyof Principals;

/** What is known of a method before its message is looked at. */
export interface CallRule<A extends Access> {
  access: A;
  kind: 'read' | 'change';
  /** Units of the key's quota, as the same thing costs over HTTP. */
  cost: number;
  /** It begins something, and so needs room on the disk. */
  startsWork?: true;
}

/** What every call has, of any kind. */
export interface SurfaceCall {
  metadata: Metadata;
  getPeer(): string;
}

/** A call that was let in. */
export interface AdmittedCall<A extends Access> {
  principal: Principals[A];
  request: KeyedRequest & { id: string };
}

/**
 * Finds out who calls, counts what it costs, and runs the answer so that the audit log and every line
 * of the log know whose it is. Throws what HTTP answers: AUTH_REQUIRED, AUTH_INVALID, AUTH_FORBIDDEN,
 * RATE_LIMITED, SERVICE_STOPPING.
 */
export async function admitCall<A extends Access, Reply>(
  deps: GrpcDeps,
  rule: CallRule<A>,
  call: SurfaceCall,
  answer: (admitted: AdmittedCall<A>) => Promise<Reply>,
): Promise<Reply> {
  if (deps.stopping.aborted) throw new MarketError('SERVICE_STOPPING');
  const request = readRequest(call, rule);
  const ip = deps.addressOf(request);
  try {
    const principal = await findPrincipal(deps, rule.access, request);
    takeUnits(deps, rule, request, ip);
    if (rule.startsWork === true) deps.intake.assertOpen();
    const origin = originOf(Object.assign(request, { ip }), deps.auditAddress);
    return await withLogContext({ requestId: request.id }, () =>
      underOrigin(origin, () => answer({ principal, request })),
    );
  } catch (error) {
    noteFailedProof(deps, error, { ip, keyId: callerOf(request)?.keyId ?? null });
    throw error;
  }
}

/** Metadata that is looked at; everything else a client may say has no meaning here. */
const heededNames = ['authorization', 'x-api-key', 'x-request-id', 'x-forwarded-for'];

/** Operators and agents need no scope of their own beside the one that their access asks for. */
const scope: NeededScope = 'requester';

function readRequest(call: SurfaceCall, { kind }: { kind: 'read' | 'change' }) {
  const entries = heededNames.flatMap((name) => {
    const [value] = call.metadata.get(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const headers = Object.fromEntries(entries) as Record<string, string>;
  const socket = { remoteAddress: addressIn(call.getPeer()) };
  const holder = { headers, socket };
  const id = requestIdOf(holder);
  const method = kind === 'read' ? 'GET' : 'POST';
  return { ...holder, id, method, params: {}, raw: holder, routeOptions: { config: { scope } } };
}

/** `127.0.0.1:5051`, `[::1]:5051`. */
function addressIn(peer: string): string | undefined {
  return /^\[?([0-9a-fA-F.:]+?)\]?:\d+$/.exec(peer)?.[1];
}

function findPrincipal<A extends Access>(
  deps: GrpcDeps,
  access: A,
  request: KeyedRequest,
): Promise<Principals[A]> | Principals[A] {
  const { auth } = deps;
  const find: { [K in Access]: () => Promise<Principals[K]> | Principals[K] } = {
    public: () => null,
    requester: () => auth.requester(request),
    agent: () => auth.agent(request),
    operator: () => auth.operator(request),
    agentOrOperator: async () =>
      (await showsAgentKey(deps, request)) ? auth.agent(request) : auth.operator(request),
  };
  return find[access]();
}

/** By the id in it alone: whether it is good is found out by whoever asks for such a key. */
async function showsAgentKey({ store }: GrpcDeps, { headers }: KeyedRequest): Promise<boolean> {
  const shown = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer +/i, '');
  const keyId = typeof shown === 'string' ? keyIdOf(shown.trim()) : null;
  return keyId !== null && (await store.apiKey(keyId))?.owner.kind === 'agent';
}

function takeUnits<A extends Access>(
  { rates, publicRates }: GrpcDeps,
  { access, cost }: CallRule<A>,
  request: KeyedRequest,
  ip: string | undefined,
): void {
  if (access === 'public') {
    publicRates.take(ip ?? '', cost);
    return;
  }
  const caller = callerOf(request);
  if (caller?.actor === 'requester') rates?.take(caller.keyId ?? caller.accountId ?? '', cost);
}
