import type { FastifyInstance } from 'fastify';

/**
 * Bacalhau's clients sign in with `Basic` where they have a name and a password: the password is a key of
 * ours, and the name says nothing. Everything behind this sees it as any other key.
 */
export function acceptBasicKeys(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const key = basicPassword(headers.authorization ?? '');
    if (key !== null) headers.authorization = `Bearer ${key}`;
    done();
  });
}

function basicPassword(authorization: string): string | null {
  const [, encoded] = /^basic +(\S+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const end = text.indexOf(':');
  return end < 0 ? null : text.slice(end + 1);
}
