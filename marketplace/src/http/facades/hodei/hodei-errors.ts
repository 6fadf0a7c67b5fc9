import { toProblem } from '@node3/shared/error';
import type { FastifyInstance } from 'fastify';
import { readRefusal } from '../read-refusal.ts';

/** Answers every error of these routes as Hodei does, with our code and advice beside it. */
export function setHodeiErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const { error } = readRefusal(thrown, request, reply);
    const { code, detail, fix, errors, context, requestId } = toProblem(error, request.id);
    const listed = errors?.map(({ pointer, detail: text }) => `${pointer} ${text}`).join('; ');
    return reply
      .status(error.status === 422 ? 400 : error.status)
      .type('application/json')
      .send({
        success: false,
        data: null,
        error: listed ?? detail,
        code,
        fix,
        ...(errors !== undefined && { errors }),
        ...(context !== undefined && { context }),
        requestId,
      });
  });
}
