import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { FastifyRequest } from 'fastify';

/** The label in `X-Project-Id`; null for none. It says what is shown, not who may see it. */
export function readProject(request: FastifyRequest): string | null {
  const project = request.headers['x-project-id'];
  if (project === undefined || project === '') return null;
  const isGood = typeof project === 'string' && /^[\x21-\x7e]+$/.test(project);
  if (isGood && project.length <= limits.projectChars) return project;
  const detail = `The X-Project-Id header must be 1 to ${limits.projectChars} printable characters without spaces.`;
  throw new MarketError('REQUEST_INVALID', {
    detail,
    errors: [{ pointer: '/x-project-id', detail }],
  });
}
