import type { FastifyRequest } from 'fastify';

/**
 * Whether whoever asks would rather have a page than JSON: what browsers do when they go somewhere.
 * Both are there, so HTML has to be named, and JSON not to be wanted more.
 */
export function prefersPage({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>) {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const wishes = (headers.accept ?? '').split(',').map(readWish);
  const weightOf = (type: string) => wishes.find((wish) => wish.type === type)?.weight ?? 0;
  const page = weightOf('text/html');
  return page > 0 && page >= weightOf('application/json');
}

/** Such as `text/html;level=1;q=0.8`. */
function readWish(text: string): { type: string; weight: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, weight: Number.isNaN(weight) ? 0 : weight };
}
