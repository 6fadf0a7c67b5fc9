import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';

/** Job output is hostile: no inline script, nothing from elsewhere, no framing. */
const policy = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' as const },
  // Plain HTTP on one machine is normal here; a proxy that ends TLS sets this header itself.
  strictTransportSecurity: false,
};

/**
 * Adds helmet's headers to every answer. They are the same for all, so helmet is asked for them once:
 * as a hook it builds the whole policy anew for each request, which takes as long as its routing.
 */
export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await headersOfHelmet();
  app.addHook('onRequest', (_request, reply, done) => {
    // On the raw answer, as helmet does: a stream that writes its own head has them, too.
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    done();
  });
}

async function headersOfHelmet(): Promise<[string, string][]> {
  const plain = await answerHeaders(async () => undefined);
  const protectedOnes = await answerHeaders(async (app) => {
    await app.register(helmet, policy);
  });
  return Object.entries(protectedOnes).filter(([name]) => !(name in plain));
}

async function answerHeaders(
  prepare: (app: FastifyInstance) => Promise<void>,
): Promise<Record<string, string>> {
  const app = Fastify();
  await prepare(app);
  app.get('/', async () => ({}));
  const { headers } = await app.inject('/');
  await app.close();
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(texts) as Record<string, string>;
}
