import { type MarketError, type Problem, toProblem } from '@node3/shared/error';
import type { FastifyInstance } from 'fastify';
import { readRefusal } from '../read-refusal.ts';

/** Answers every error of these routes as the seed does, with our code and advice in it. */
export function setGalaksioErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const { error } = readRefusal(thrown, request, reply);
    return reply.status(error.status).type('application/json').send(toGalaksioError(error));
  });
}

/** `detail` is there twice: its compute API says it so, its broker `message`. */
function toGalaksioError(error: MarketError) {
  const { title, detail, code, status, fix, errors, context } = toProblem(error);
  return {
    error: title,
    ...toGalaksioWords({ detail, status }),
    detail,
    code,
    fix,
    ...(errors !== undefined && { errors }),
    ...(context !== undefined && { context }),
  };
}

/** What a problem has in the words of the seed only. */
export function toGalaksioWords({ detail, status }: Pick<Problem, 'detail' | 'status'>) {
  return { message: detail, statusCode: status };
}
