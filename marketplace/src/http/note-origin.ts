import { isMarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import type { FastifyInstance } from 'fastify';
import { type AuditAddress, auditAddress } from '../services/audit-address.ts';
import type { AuthFailures } from '../services/auth-failures.ts';
import { type RequestOrigin, underOrigin } from '../store/request-origin.ts';
import { callerOf } from './caller.ts';

export interface OriginDeps {
  auditAddress: AuditAddress;
  authFailures: AuthFailures;
}

/** Proofs that did not hold; wrong keys are noted where they are looked at. */
const failedProofs: readonly ErrorCode[] = [
  'SIGNATURE_INVALID',
  'CHALLENGE_INVALID',
  'REGISTRATION_TOKEN_INVALID',
];

/** Lets the store know who asks for what it writes, and notes who proves what is not so. */
export function addOrigins(app: FastifyInstance, deps: OriginDeps): void {
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') done();
    else underOrigin(originOf(request, deps.auditAddress), done);
  });
  app.addHook('onError', async (request, _reply, error) => {
    noteFailedProof(deps, error, { ip: request.ip, keyId: callerOf(request)?.keyId ?? null });
  });
}

/** Notes an error that says that a proof did not hold; any other is none of its business. */
export function noteFailedProof(
  deps: OriginDeps,
  error: unknown,
  { ip, keyId }: { ip: string | undefined; keyId: string | null },
): void {
  const code = failedProofs.find((known) => isMarketError(error, known));
  if (code === undefined) return;
  deps.authFailures.note({ code, ip: auditAddress(ip, deps.auditAddress), keyId });
}

/** @param request what was let in, with its caller noted. */
export function originOf(
  request: { id: string; ip: string | undefined },
  keep: AuditAddress,
): RequestOrigin {
  const caller = callerOf(request);
  return {
    requestId: request.id,
    ip: auditAddress(request.ip, keep),
    actor: caller?.actor ?? null,
    accountId: caller?.accountId ?? null,
    keyId: caller?.keyId ?? null,
  };
}
