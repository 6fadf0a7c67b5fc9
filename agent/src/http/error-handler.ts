import { type FieldProblem, isMarketError, MarketError, toProblem } from '@node3/shared/error';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

/** Answers every error as an RFC 9457 problem; causes of our own stay in the log. */
export function addErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const known = toMarketError(error);
    if (known.code === 'INTERNAL') request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, known);
  });
}

export function sendProblem(reply: FastifyReply, error: MarketError): FastifyReply {
  return reply
    .code(error.status)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(error, reply.request.id)));
}

const codeOf: Record<string, ConstructorParameters<typeof MarketError>[0]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
};

function toMarketError(error: unknown): MarketError {
  if (isMarketError(error)) return error;
  if (!(error instanceof Error)) return new MarketError('INTERNAL');
  const { code, statusCode, validation } = error as FastifyError;
  if (validation !== undefined) {
    const errors = validation.map(
      ({ instancePath, message, params }): FieldProblem => ({
        pointer: `${instancePath}${fieldOf(params)}`,
        detail: message ?? 'is not valid',
      }),
    );
    return new MarketError('REQUEST_INVALID', { errors });
  }
  const mapped = codeOf[code];
  if (mapped !== undefined) return new MarketError(mapped);
  if (statusCode === 400) return new MarketError('REQUEST_MALFORMED');
  return new MarketError('INTERNAL');
}

/** Unknown and missing fields are reported at their own path, not at the object's. */
function fieldOf(params: Record<string, unknown>): string {
  const name = params['additionalProperty'] ?? params['missingProperty'];
  return typeof name === 'string' ? `/${name}` : '';
}
