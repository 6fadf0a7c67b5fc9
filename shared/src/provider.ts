import { type Static, Type } from 'typebox';
import { Region } from './job-spec.ts';
import { limits } from './limits.ts';
import { oneOf, strictObject } from './schema.ts';

/** Who runs agents, as an operator registers it. */

export const providerKinds = [
  'docker',
  'kubernetes',
  'firecracker',
  'native',
  'cloud',
  'custom',
] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** What the operator wants: `maintenance` and `disabled` get nothing new, what runs goes on. */
export const providerStates = ['active', 'maintenance', 'disabled'] as const;
export type ProviderState = (typeof providerStates)[number];

/** How it stands: what the operator wants of it, or what its agents are like. */
export const providerStatuses = [...providerStates, 'overloaded', 'unhealthy', 'degraded'] as const;
export type ProviderStatus = (typeof providerStatuses)[number];

export const ProviderName = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' });

const words = (maxLength: number) =>
  Type.Array(Type.String({ minLength: 1, maxLength }), {
    maxItems: limits.providerWords,
    uniqueItems: true,
  });

/** The most that its agents do for one job; what is left out is not limited. */
export const ProviderCapabilities = strictObject({
  cpusMax: Type.Optional(Type.Number({ minimum: 0.1, maximum: limits.cpusMax })),
  memoryBytesMax: Type.Optional(
    Type.Integer({ minimum: limits.memoryBytesMin, maximum: limits.memoryBytesMax }),
  ),
  diskBytesMax: Type.Optional(
    Type.Integer({ minimum: limits.diskBytesMin, maximum: limits.diskBytesMax }),
  ),
  gpusMax: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.devicesPerAgent })),
  gpuSupport: Type.Optional(Type.Boolean({ description: 'false: no agent of it offers a GPU' })),
  gpuTypes: Type.Optional(words(64)),
  architectures: Type.Optional(
    Type.Array(oneOf(['x64', 'arm64']), { minItems: 1, maxItems: 2, uniqueItems: true }),
  ),
  runtimes: Type.Optional(words(64)),
  regions: Type.Optional(
    Type.Array(Region, { minItems: 1, maxItems: limits.providerWords, uniqueItems: true }),
  ),
  runSecMax: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.runSecMax,
      description: 'Jobs that may run longer are for others',
    }),
  ),
});
export type ProviderCapabilities = Static<typeof ProviderCapabilities>;
