import { MarketError } from '@node3/shared/error';
import type { FastifyInstance } from 'fastify';

/**
 * Takes requests without a body whatever they call it: clients in Python name a type for nothing, and
 * FastAPI doesn't look. With a body it still has to be JSON.
 */
export function acceptEmptyBody(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      // It is told by `done`, and returns nothing.
      else void parseJson(request, body, done);
    },
  );
  app.addContentTypeParser('*', (request, _payload, done) => {
    const isEmpty = request.headers['content-length'] === '0';
    if (isEmpty) done(null, undefined);
    else done(new MarketError('CONTENT_TYPE_UNSUPPORTED'));
  });
}
