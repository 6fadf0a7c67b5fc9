import type { FastifyInstance } from 'fastify';
import type { MarketError, ProblemParts } from '../error.ts';
import { setErrorHandler } from './error-handler.ts';
import { addPrincipal } from './principal.ts';
import { createRequestValidator } from './request-validator.ts';

/**
 * Makes a server ready for contracts: requests are checked strictly, answers are ours and only
 * typed, and every error is a problem, with these parts where there are any. Call it before the first route.
 */
export function acceptContracts(
  app: FastifyInstance,
  partsOf?: (error: MarketError) => ProblemParts,
): void {
  const validatorFor = createRequestValidator();
  app.setValidatorCompiler(({ schema, httpPart }) => validatorFor({ schema, httpPart }));
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  addPrincipal(app);
  setErrorHandler(app, partsOf);
}
