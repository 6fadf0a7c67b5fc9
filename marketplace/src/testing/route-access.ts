import type { RouteContract } from '@node3/shared/contract';
import type { ErrorCode } from '@node3/shared/error-codes';
import { flowAccess } from './flow-access.ts';
import { marketAccess } from './market-access.ts';
import { operatorRoutes } from './operator-routes.ts';
import { seedAccess } from './seed-route-access.ts';

/** What a path may name that belongs to somebody. */
export type Owned =
  | 'artifact'
  | 'delivery'
  | 'execution'
  | 'flow'
  | 'flow run'
  | 'input'
  | 'intent'
  | 'job'
  | 'key'
  | 'link'
  | 'output'
  | 'proof'
  | 'schedule'
  | 'session'
  | 'seed job'
  | 'snippet'
  | 'template'
  | 'upload'
  | 'webhook'
  | 'withdrawal';

/** Beside whose key a route wants: whose things it is about. */
export interface RouteAccess {
  /**
   * `all`: the same for everybody its key lets in. `caller`: only the things of whoever calls.
   * `owned`: one thing, which is there for its owner alone.
   */
  scope: 'all' | 'caller' | 'owned';
  owned?: Owned;
  /** What everybody else is answered, exactly as where there is no such thing. */
  absent?: ErrorCode;
  /** The thing is on the public board, so that nothing is given away by saying whose it is. */
  onBoard?: true;
  /** The token of a job works as well, for that job. */
  jobToken?: true;
  /** Works without a key; one that is shown has to be good. */
  keyOptional?: true;
  /** A key with spending caps is refused. */
  uncapped?: true;
  /** The operator sees those of all accounts. */
  operatorAll?: true;
  /** The account of the operator has no such thing. */
  operatorNone?: true;
  /** A key changes only those that may do no more than itself. */
  withinOwn?: true;
  /** Wants a proof of the wallet besides. */
  walletProof?: true;
}

const all = { scope: 'all' } as const satisfies RouteAccess;
const caller = { scope: 'caller' } as const satisfies RouteAccess;
const uncapped = { ...caller, uncapped: true } as const satisfies RouteAccess;
const owned = (thing: Owned, absent: ErrorCode) =>
  ({ scope: 'owned', owned: thing, absent }) as const satisfies RouteAccess;
const intent = owned('intent', 'DEPOSIT_INTENT_NOT_FOUND');
const job = owned('job', 'JOB_NOT_FOUND');
const tokenJob = { ...job, jobToken: true } as const satisfies RouteAccess;
const artifact = owned('artifact', 'ARTIFACT_NOT_FOUND');
const upload = owned('upload', 'ARTIFACT_NOT_FOUND');
const key = owned('key', 'KEY_NOT_FOUND');
const webhook = owned('webhook', 'WEBHOOK_NOT_FOUND');
const ownWebhook = { ...webhook, uncapped: true } as const satisfies RouteAccess;
const delivery = owned('delivery', 'WEBHOOK_NOT_FOUND');
const link = owned('link', 'JOB_NOT_FOUND');
const snippet = owned('snippet', 'SNIPPET_NOT_FOUND');
const template = owned('template', 'TEMPLATE_NOT_FOUND');
const schedule = owned('schedule', 'SCHEDULE_NOT_FOUND');
const withdrawal = owned('withdrawal', 'PAYOUT_NOT_FOUND');
/** An execution is there for the agent with its lease. */
const execution = owned('execution', 'LEASE_STALE');
const output = owned('output', 'LEASE_STALE');
const proof = owned('proof', 'PROOF_NOT_OPEN');

const publicAccess: Record<string, RouteAccess> = {
  'GET /': all,
  'GET /health': all,
  'GET /livez': all,
  'GET /readyz': all,
  ...marketAccess,
  'GET /api/v1/switches': all,
  'GET /api/v1/templates/public': all,
  'GET /api/v1/receipt-key': all,
  'GET /api/v1/deposits/address': all,
  'GET /api/v1/downloads/:artifactId': all,
  'GET /api/v1/shared/:linkId': all,
  'GET /api/v1/shared/:linkId/logs': all,
  'GET /api/v1/shared/:linkId/artifacts': all,
  'GET /api/v1/shared/:linkId/artifacts/:artifactId': all,
  'GET /api/v1/x402': all,
  'POST /api/v1/x402/jobs': all,
  'POST /api/v1/auth/challenges': all,
  'POST /api/v1/accounts': all,
  'POST /api/v1/auth/sign-ins': all,
  'POST /api/v1/sessions': all,
  'POST /api/v1/oauth/device_authorization': all,
  'POST /api/v1/oauth/token': all,
  'POST /api/v1/agents': all,
  'POST /api/v1/quotes': all,
};

const requesterAccess: Record<string, RouteAccess> = {
  'POST /api/v1/deposits': caller,
  'GET /api/v1/deposits': caller,
  'POST /api/v1/deposits/intents': caller,
  'GET /api/v1/deposits/intents/:intentId': intent,
  'POST /api/v1/deposits/intents/:intentId/transaction': intent,
  'POST /api/v1/deposits/intents/:intentId/send': intent,
  'GET /api/v1/deposits/intents/:intentId/payments': intent,
  'GET /api/v1/account': caller,
  'GET /api/v1/account/overview': caller,
  'GET /api/v1/account/caps': caller,
  'GET /api/v1/job-metrics': caller,
  'GET /api/v1/usage': caller,
  'GET /api/v1/usage/export': caller,
  'GET /api/v1/usage/labels': caller,
  'GET /api/v1/account/ledger': caller,
  'GET /api/v1/account/ledger/export': caller,
  'PUT /api/v1/account/caps': { ...caller, walletProof: true },
  'GET /api/v1/sessions': caller,
  'DELETE /api/v1/sessions': uncapped,
  'DELETE /api/v1/sessions/:sessionId': {
    ...owned('session', 'SESSION_NOT_FOUND'),
    uncapped: true,
  },
  // Whoever knows the code of a login decides about it.
  'GET /api/v1/device-logins/:userCode': caller,
  'POST /api/v1/device-logins/:userCode': uncapped,
  'POST /api/v1/keys': uncapped,
  'GET /api/v1/keys': caller,
  'DELETE /api/v1/keys/:keyId': { ...key, uncapped: true, withinOwn: true },
  'POST /api/v1/keys/:keyId/rotate': { ...key, uncapped: true, withinOwn: true },
  'PUT /api/v1/keys/:keyId/caps': { ...key, walletProof: true },
  'POST /api/v1/withdrawals': { ...caller, operatorNone: true },
  'GET /api/v1/withdrawals': caller,
  'GET /api/v1/withdrawals/:withdrawalId': withdrawal,
  'POST /api/v1/withdrawals/:withdrawalId/cancel': withdrawal,
  'POST /api/v1/jobs': caller,
  'GET /api/v1/jobs': caller,
  'POST /api/v1/jobs/batch': caller,
  'POST /api/v1/jobs/import': caller,
  'POST /api/v1/jobs/cancel': caller,
  'POST /api/v1/jobs/explain': caller,
  'GET /api/v1/jobs/:jobId': tokenJob,
  'POST /api/v1/jobs/:jobId/cancel': tokenJob,
  'GET /api/v1/jobs/:jobId/logs': tokenJob,
  'GET /api/v1/jobs/:jobId/logs/download': tokenJob,
  'GET /api/v1/jobs/:jobId/resources': tokenJob,
  'GET /api/v1/jobs/:jobId/explain': tokenJob,
  'GET /api/v1/jobs/:jobId/receipt': tokenJob,
  'GET /api/v1/jobs/:jobId/artifacts': tokenJob,
  'POST /api/v1/jobs/:jobId/rating': tokenJob,
  'POST /api/v1/jobs/:jobId/rerun': job,
  'POST /api/v1/jobs/:jobId/links': job,
  'GET /api/v1/jobs/:jobId/links': job,
  'DELETE /api/v1/jobs/:jobId/links/:linkId': link,
  'GET /api/v1/events': { ...caller, operatorAll: true },
  'GET /api/v1/alerts': { ...caller, operatorAll: true },
  'POST /api/v1/webhooks': uncapped,
  'GET /api/v1/webhooks': caller,
  'GET /api/v1/webhooks/:webhookId': webhook,
  'PUT /api/v1/webhooks/:webhookId': ownWebhook,
  'DELETE /api/v1/webhooks/:webhookId': ownWebhook,
  'POST /api/v1/webhooks/:webhookId/rotate': ownWebhook,
  'POST /api/v1/webhooks/:webhookId/test': webhook,
  'POST /api/v1/webhooks/:webhookId/replay': webhook,
  'GET /api/v1/webhooks/:webhookId/deliveries': webhook,
  'GET /api/v1/webhooks/:webhookId/deliveries/:deliveryId': delivery,
  'POST /api/v1/webhooks/:webhookId/deliveries/:deliveryId/replay': delivery,
  'POST /api/v1/uploads': caller,
  'GET /api/v1/uploads/:artifactId': upload,
  'PUT /api/v1/uploads/:artifactId/parts/:offset': upload,
  'POST /api/v1/uploads/:artifactId/complete': upload,
  'GET /api/v1/artifacts': caller,
  'GET /api/v1/artifacts/removed': caller,
  'POST /api/v1/artifacts/revoke-links': caller,
  'GET /api/v1/artifacts/:artifactId': artifact,
  'GET /api/v1/artifacts/:artifactId/content': artifact,
  'POST /api/v1/artifacts/:artifactId/links': artifact,
  'DELETE /api/v1/artifacts/:artifactId': artifact,
  'POST /api/v1/snippets': caller,
  'GET /api/v1/snippets': caller,
  'GET /api/v1/snippets/:snippetId': snippet,
  'PUT /api/v1/snippets/:snippetId': snippet,
  'DELETE /api/v1/snippets/:snippetId': snippet,
  'POST /api/v1/snippets/:snippetId/jobs': snippet,
  'POST /api/v1/templates': caller,
  'GET /api/v1/templates': caller,
  'GET /api/v1/templates/:templateId': template,
  'PUT /api/v1/templates/:templateId/visibility': template,
  'POST /api/v1/templates/:templateId/copies': template,
  'POST /api/v1/templates/:templateId/versions': template,
  'POST /api/v1/templates/:templateId/preview': template,
  'POST /api/v1/templates/:templateId/jobs': template,
  'POST /api/v1/templates/:templateId/archive': template,
  ...flowAccess,
  'POST /api/v1/schedules': caller,
  'GET /api/v1/schedules': caller,
  'POST /api/v1/schedules/preview': caller,
  'GET /api/v1/schedules/:scheduleId': schedule,
  'PUT /api/v1/schedules/:scheduleId': schedule,
  'POST /api/v1/schedules/:scheduleId/pause': schedule,
  'POST /api/v1/schedules/:scheduleId/resume': schedule,
  'DELETE /api/v1/schedules/:scheduleId': schedule,
};

const agentAccess: Record<string, RouteAccess> = {
  'POST /api/v1/agents/me/poll': caller,
  'POST /api/v1/agents/me/heartbeat': caller,
  'GET /api/v1/agents/me/earnings': caller,
  'GET /api/v1/agents/me': caller,
  'POST /api/v1/agents/me/drain': caller,
  'POST /api/v1/agents/me/resume': caller,
  'POST /api/v1/agents/me/keys/rotate': caller,
  'POST /api/v1/agents/me/unregister': caller,
  'POST /api/v1/agents/me/proofs/:proofId/filled': proof,
  'POST /api/v1/agents/me/proofs/:proofId/root': proof,
  'POST /api/v1/agents/me/proofs/:proofId/openings': proof,
  'POST /api/v1/executions/:executionId/accept': execution,
  'POST /api/v1/executions/:executionId/release': execution,
  'POST /api/v1/executions/:executionId/progress': execution,
  'POST /api/v1/executions/:executionId/logs': execution,
  'POST /api/v1/executions/:executionId/result': execution,
  'POST /api/v1/executions/:executionId/uploads': execution,
  'PUT /api/v1/executions/:executionId/uploads/:artifactId/parts/:offset': output,
  'POST /api/v1/executions/:executionId/uploads/:artifactId/complete': output,
  'GET /api/v1/executions/:executionId/inputs/:artifactId': owned('input', 'LEASE_STALE'),
};

/** Every endpoint of the marketplace, by method and path. A test fails for one that is missing. */
export const routeAccess: Readonly<Record<string, RouteAccess>> = {
  ...publicAccess,
  ...requesterAccess,
  ...agentAccess,
  ...seedAccess,
  ...Object.fromEntries(operatorRoutes.map((route) => [route, all])),
};

/** Whoever may call. `owner` and `holder` are those whose thing it is. */
export const callerRoles = {
  nobody: 'shows no key',
  revoked: 'a key of the owner that was revoked',
  owner: 'the requester whose thing it is',
  capped: 'another key of the owner, with spending caps',
  session: 'a page of our own in which the owner is signed in',
  endedSession: 'one whose session was ended',
  reader: 'another key of the owner, with the scope read-only',
  provider: 'another key of the owner, with the scope provider',
  stranger: 'another requester',
  token: 'the token of this job, as a guest who paid for it with the request has (x402)',
  otherToken: 'the token of another job',
  holder: 'the agent whose execution or proof it is',
  rival: 'another agent',
  operator: 'the operator; on routes of requesters it is one more requester',
  operatorKey: 'a key that the operator made, with the scope operator',
  operatorReader: 'one with the scopes operator and read-only',
} as const;
export type CallerRole = keyof typeof callerRoles;

/** `yes`, or the code of the refusal. */
export type Verdict = 'yes' | ErrorCode;

/** What each caller is answered about a thing of the owner or of the holder. */
export function verdictOf(contract: RouteContract, role: CallerRole): Verdict {
  const access = routeAccess[routeOf(contract)];
  if (access === undefined) throw new Error(`${routeOf(contract)} is not in route-access.ts`);
  if (role === 'session' || role === 'endedSession') return sessionVerdict(contract, access, role);
  if (contract.audience === 'public') {
    if (access.keyOptional !== true || role === 'nobody') return 'yes';
    return scopedVerdict(contract, access, role);
  }
  if (role === 'nobody') return 'AUTH_REQUIRED';
  if (contract.audience === 'requester') return scopedVerdict(contract, access, role);
  if (role === 'revoked' || role === 'token' || role === 'otherToken') return 'AUTH_INVALID';
  if (contract.audience === 'operator') {
    if (role === 'operatorReader') return contract.method === 'GET' ? 'yes' : 'AUTH_FORBIDDEN';
    return role === 'operator' || role === 'operatorKey' ? 'yes' : 'AUTH_FORBIDDEN';
  }
  if (role === 'holder') return 'yes';
  if (role === 'rival') return access.absent ?? 'yes';
  return role === 'operator' ? 'AUTH_INVALID' : 'AUTH_FORBIDDEN';
}

/** Its cookie counts on routes of requesters alone. */
function sessionVerdict(
  { audience }: RouteContract,
  access: RouteAccess,
  role: 'session' | 'endedSession',
): Verdict {
  if (audience === 'public') return 'yes';
  if (audience !== 'requester') return 'AUTH_REQUIRED';
  return role === 'session' ? requesterVerdict(access, 'owner') : 'AUTH_INVALID';
}

/** Who has what narrows a key: whose it is, and which routes of requesters it is good for. */
const narrowed: Partial<Record<CallerRole, { like: FullRole; area: string | null }>> = {
  reader: { like: 'owner', area: null },
  provider: { like: 'owner', area: 'provider' },
  operatorKey: { like: 'operator', area: 'operator' },
  operatorReader: { like: 'operator', area: 'operator' },
};

function scopedVerdict(contract: RouteContract, access: RouteAccess, role: CallerRole): Verdict {
  const narrow = narrowed[role];
  if (narrow === undefined) return requesterVerdict(access, role as FullRole);
  const isReader = role === 'reader' || role === 'operatorReader';
  if (isReader && contract.method !== 'GET') return 'AUTH_FORBIDDEN';
  const isInside =
    narrow.area === null || contract.scope === 'account' || contract.scope === narrow.area;
  if (!isInside || (role === 'provider' && access.withinOwn === true)) return 'AUTH_FORBIDDEN';
  return requesterVerdict(access, narrow.like);
}

type FullRole = Exclude<
  CallerRole,
  'session' | 'endedSession' | 'reader' | 'provider' | 'operatorKey' | 'operatorReader'
>;

function requesterVerdict(access: RouteAccess, role: FullRole): Verdict {
  switch (role) {
    case 'holder':
    case 'rival':
      return 'AUTH_FORBIDDEN';
    case 'token':
      return access.jobToken === true ? 'yes' : 'AUTH_INVALID';
    case 'nobody':
    case 'revoked':
    case 'otherToken':
      return 'AUTH_INVALID';
    case 'operator':
      return access.absent ?? (access.operatorNone === true ? 'AUTH_FORBIDDEN' : 'yes');
    case 'stranger':
      return access.absent ?? requesterVerdict(access, 'owner');
    case 'owner':
      return access.walletProof === true ? 'AUTH_FORBIDDEN' : 'yes';
    case 'capped':
      return access.walletProof === true || access.uncapped === true ? 'AUTH_FORBIDDEN' : 'yes';
    default:
      return role satisfies never;
  }
}

export function routeOf({ method, url }: RouteContract): string {
  return `${method} ${url}`;
}
