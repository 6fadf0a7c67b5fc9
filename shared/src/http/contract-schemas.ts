import type { FastifyServerOptions } from 'fastify';

/**
 * Keeps Fastify from loading compilers of its own, 3 MB that nothing would use: `acceptContracts`
 * sets others (Node 24.21, 2026-11-26).
 */
export const contractSchemas = {
  compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
} satisfies FastifyServerOptions['schemaController'];

function refuse(): never {
  throw new Error('a server with contractSchemas calls acceptContracts before its first route');
}
