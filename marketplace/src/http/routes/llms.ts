import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../http-deps.ts';

/** A description for programs that read text, as https://llmstxt.org has it. */
export function addLlmsRoute(
  app: FastifyInstance,
  { version, cluster }: Pick<HttpDeps, 'version' | 'cluster'>,
): void {
  const text = `# node3 marketplace

> Runs container and script jobs on other people's machines, with or without GPUs. A job's price is held
> when it is posted, in SOL or USDC, and pays the provider on Solana when the job is done.

Version ${version}, on ${cluster}. JSON over HTTP; errors are application/problem+json (RFC 9457) with a
code and what to do. Keys go into "Authorization: Bearer KEY".

## API

- [OpenAPI 3.1](/openapi.json): every endpoint with its fields and limits
- [The same for people](/docs)

## First steps

- POST /api/v1/quotes: what a job would cost; needs no key
- POST /api/v1/auth/challenges, then POST /api/v1/accounts: a key for a wallet that signs
- POST /api/v1/deposits/intents: how to fund the account
- POST /api/v1/jobs with Prefer: wait=25: post a job, and hear of it when it is over
- POST /api/v1/x402/jobs: pay for one job with the request itself, without an account
- GET /api/v1/jobs/{jobId}/logs, GET /api/v1/jobs/{jobId}/receipt: what it wrote and what it cost
`;
  app.get('/llms.txt', { schema: { hide: true } }, async (_request, reply) => {
    void reply.type('text/plain; charset=utf-8').header('cache-control', 'public, max-age=3600');
    return text;
  });
}
