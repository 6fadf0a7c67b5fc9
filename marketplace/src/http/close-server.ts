import type { FastifyInstance } from 'fastify';

/** Answers under way get this long; a reader that takes nothing must not keep us from stopping. */
const answerGraceMs = 3_000;
const idleCheckMs = 25;

/** Connections are kept by their clients: each is closed once its last answer is out. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
  const late = setTimeout(() => app.server.closeAllConnections(), answerGraceMs);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(late);
  }
}
