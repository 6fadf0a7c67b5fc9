import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { strictObject } from '../schema.ts';
import { Provider, ProviderStats } from './providers.ts';

const {
  endpoint: _endpoint,
  credentials: _credentials,
  workersMax: _workersMax,
  ...shown
} = Provider.properties;

/** What anybody may see of a provider: nothing that only whoever runs its machines needs. */
export const PublicProvider = strictObject(shown);
export type PublicProvider = Static<typeof PublicProvider>;

export const listPublicProviders = {
  method: 'GET',
  url: '/api/v1/marketplace/providers',
  summary: 'Registered providers with how they stand, the highest priority first',
  audience: 'public',
  tag: 'marketplace',
  schema: { response: { 200: strictObject({ data: Type.Array(PublicProvider) }) } },
} as const satisfies RouteContract;

const { providerId: _id, name: _name, earned: _earned, ...done } = ProviderStats.properties;

export const getPublicProvider = {
  method: 'GET',
  url: '/api/v1/marketplace/providers/:provider',
  summary: 'One provider, by its name or its id, with what its agents have done',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    params: strictObject({ provider: Type.String({ minLength: 1, maxLength: 64 }) }),
    response: {
      200: strictObject({
        ...shown,
        stats: strictObject(done),
      }),
    },
  },
} as const satisfies RouteContract;
