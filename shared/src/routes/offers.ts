import { type Static, Type } from 'typebox';
import { agentStates } from '../agent-state.ts';
import type { RouteContract } from '../contract.ts';
import { Asks, Device } from '../device.ts';
import { Gpus, gpuFrameworks, gpuVendors, isolationLevels } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { assets } from '../money.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { RatingSummary } from './agent-standing.ts';
import { deviceLabels } from './gpu-proofs.ts';
import { amount, anyOf, anyWord, Facet, page, searchText } from './market-parts.ts';

export const offerStatuses = ['online', 'offline', 'disabled'] as const;

/** The GPUs of one class at one agent. */
export const GpuOffer = strictObject({
  agentId: id('agent'),
  agentName: Type.String(),
  provider: nullable(Type.String({ description: 'Name of the registered provider' })),
  status: oneOf(offerStatuses),
  state: oneOf(agentStates),
  region: nullable(Type.String({ description: 'null where the provider does not say' })),
  isolation: nullable(Type.String()),
  model: Type.String({ description: 'As the driver names it' }),
  modelId: Device.properties.modelId,
  vendor: Device.properties.vendor,
  memoryBytes: Device.properties.memoryBytes,
  computeCapability: Device.properties.computeCapability,
  frameworks: Type.Array(oneOf(gpuFrameworks)),
  count: Type.Integer(),
  free: nullable(
    Type.Integer({ description: 'No job has them now; null while the agent is not online' }),
  ),
  simulated: Type.Boolean(),
  label: oneOf(deviceLabels, 'What holds of each of them'),
  provenAt: nullable(Timestamp),
  ask: Type.Unsafe<Asks>({
    ...Asks,
    description: 'The least that is taken for an hour on one GPU; null takes anything',
  }),
  slots: nullable(Type.Integer()),
  running: Type.Integer(),
  score: nullable(
    Type.Number({
      description:
        'How free, how reliable and how fast, as jobs are placed by; null while not online',
    }),
  ),
  reliability: nullable(
    Type.Number({
      description: 'Share of jobs that it brought to their end, 0 to 1; see reputation',
    }),
  ),
  jobsSucceeded: Type.Integer(),
  jobsFailed: Type.Integer(),
  rating: RatingSummary,
  lastSeenAt: nullable(Timestamp),
});
export type GpuOffer = Static<typeof GpuOffer>;

export const offerSorts = ['price', 'score', 'memory', 'reliability', 'rating'] as const;
export type OfferSort = (typeof offerSorts)[number];

/** Fields that offers are counted by. */
export const offerFacets = [
  'gpu',
  'vendor',
  'framework',
  'region',
  'isolation',
  'label',
  'provider',
  'status',
  'hardware',
] as const;
export type OfferFacet = (typeof offerFacets)[number];

const facets = Object.fromEntries(offerFacets.map((name) => [name, Facet])) as Record<
  OfferFacet,
  typeof Facet
>;

export const listOffers = {
  method: 'GET',
  url: '/api/v1/marketplace/offers',
  summary:
    'GPUs that agents offer, by class and agent: filtered, sorted and counted over all of them',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    querystring: strictObject({
      asset: Type.Optional(oneOf(assets, 'What prices are compared in; USDC where left out')),
      q: searchText,
      gpu: anyOf('Catalogue id such as rtx-4090, or a model as its driver names it'),
      vendor: anyWord([...gpuVendors, 'simulated'], 'Maker'),
      framework: anyWord(gpuFrameworks, 'What programs can use'),
      region: anyOf('Region; eu holds eu-west-1'),
      isolation: anyWord(isolationLevels, 'Isolation in force'),
      label: anyWord(deviceLabels, 'How well it is known'),
      provider: anyOf('Name of a registered provider'),
      agent: anyOf('Id of an agent'),
      status: anyWord(offerStatuses, 'online where left out'),
      hardware: anyWord(['real', 'simulated'], 'Simulated GPUs are no hardware'),
      memoryBytesMin: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.memoryBytesMax })),
      computeCapabilityMin: Gpus.properties.computeCapabilityMin,
      countMin: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.devicesPerAgent })),
      priceMax: amount('The most for an hour on one GPU, in the asset'),
      sort: Type.Optional(
        oneOf(offerSorts, 'price: the cheapest first; all others: the most first; unknown last'),
      ),
      ...page,
    }),
    response: {
      200: strictObject({
        data: Type.Array(GpuOffer),
        nextCursor: nullable(Type.String()),
        total: strictObject({
          offers: Type.Integer(),
          gpus: Type.Integer(),
          agents: Type.Integer(),
        }),
        facets: strictObject(facets),
      }),
    },
  },
} as const satisfies RouteContract;
