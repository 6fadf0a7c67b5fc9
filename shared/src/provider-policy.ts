import { type Static, Type } from 'typebox';
import { Asks } from './device.ts';
import { limits } from './limits.ts';
import { id, nullable, oneOf, strictObject } from './schema.ts';

const day = '(?:mon|tue|wed|thu|fri|sat|sun)';
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';
export const hoursPattern = `^(?:${day}(?:-${day})? )?${time}-(?:${time}|24:00)$`;

const moment = `[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T${time}`;
export const maintenancePattern = `^${moment}/${moment}$`;

const listed = (pattern: string, maxLength: number) =>
  Type.Array(Type.String({ pattern, maxLength }), { maxItems: limits.policyListed });

/**
 * What the provider allows on its machine. It stands in one file of the agent's data folder; what
 * the file leaves out comes from the agent's settings. Descriptions end the sentence "… must be".
 */
export const ProviderPolicy = strictObject({
  hours: nullable(
    Type.Array(Type.String({ pattern: hoursPattern }), {
      minItems: 1,
      maxItems: limits.policyHours,
      description:
        'windows of local time such as "22:00-08:00" or "mon-fri 20:00-24:00", or none for always; a day is that on which a window begins',
    }),
  ),
  maintenance: Type.Array(Type.String({ pattern: maintenancePattern }), {
    maxItems: limits.policyMaintenance,
    description:
      'single times of local time without new jobs, each from before to its end, such as 2026-12-01T22:00/2026-12-02T06:00, or empty',
  }),
  timeZone: nullable(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'the name of a time zone such as Europe/Madrid, or none for the machine’s own',
    }),
  ),
  idleMinutes: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 1440,
      description:
        'minutes from 1 to 1440 for which others must have used less than 20 % of every GPU, or none',
    }),
  ),
  temperatureCelsiusMax: nullable(
    Type.Integer({
      minimum: 30,
      maximum: 120,
      description: 'a whole number of °C from 30 to 120, or none; a hotter GPU takes no new job',
    }),
  ),
  powerWattsMax: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description:
        'whole watts that all GPUs together may draw when those that are sold draw all they can, or none',
    }),
  ),
  batteryAllowed: Type.Boolean({
    description: 'on or off: whether new jobs are taken while the machine runs on its battery',
  }),
  asks: Type.Record(Type.String({ pattern: '^(?:\\*|[a-z0-9][a-z0-9.-]{0,63})$' }), Asks, {
    additionalProperties: false,
    maxProperties: limits.policyListed,
    description:
      'classes of devices, such as rtx-4090 or * for the rest, with the least to take per GPU hour',
  }),
  imagesAllowed: nullable({
    ...listed('^[A-Za-z0-9][A-Za-z0-9._:/@-]*(?:/\\*)?$', 512),
    description:
      'names of images such as python:3.12 or ghcr.io/acme/*, or none for all; without a tag every tag',
  }),
  registriesAllowed: nullable({
    ...listed('^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$', 259),
    description: 'hosts of registries such as docker.io or ghcr.io, or none for all',
  }),
  egressHosts: Type.Array(
    Type.String({ pattern: '^(?:\\*|[a-z0-9*][a-z0-9.-]*)$', maxLength: 253 }),
    {
      maxItems: limits.egressHosts,
      description:
        'hosts that jobs may reach such as huggingface.co or *.pythonhosted.org, * for all public ones, or empty',
    },
  ),
  requestersBlocked: Type.Array(id('account'), {
    maxItems: limits.requestersBlocked,
    description: 'ids of accounts whose jobs are not wanted',
  }),
  diskFloorBytes: Type.Integer({
    minimum: 1024 ** 3,
    maximum: limits.diskBytesMax,
    description: 'a size of at least 1g that is left free for the machine itself',
  }),
  imageDiskBytes: nullable(
    Type.Integer({
      minimum: 1024 ** 3,
      maximum: limits.diskBytesMax,
      description: 'a size of at least 1g for images that jobs brought, or none',
    }),
  ),
  warmContainers: Type.Integer({
    minimum: 0,
    maximum: limits.warmContainers,
    description: `a whole number from 0 to ${limits.warmContainers} of started containers that may wait for jobs like earlier ones`,
  }),
  nativeAllowed: Type.Boolean({
    description: 'on or off: the provider’s half of the agreement to jobs without a container',
  }),
  whenClosed: oneOf(
    ['finish', 'stop'],
    'finish or stop: what running jobs do when the policy closes the machine',
  ),
  electricityUsdPerKwh: nullable(
    Type.Number({
      minimum: 0,
      maximum: 10,
      description: 'US dollars per kilowatt hour such as 0.18, or none where it is not known',
    }),
  ),
});
export type ProviderPolicy = Static<typeof ProviderPolicy>;
export type PolicyKey = keyof ProviderPolicy;

export const policyKeys = Object.keys(ProviderPolicy.properties) as PolicyKey[];

/** What stands in the file: only what the provider decided. */
export const PolicyFile = Type.Partial(ProviderPolicy, { additionalProperties: false });
export type PolicyFile = Static<typeof PolicyFile>;

/** @returns how the value of a key is written, to end a sentence with. */
export function describeKey(key: PolicyKey): string {
  const schema = ProviderPolicy.properties[key] as {
    description?: string;
    anyOf?: { description?: string }[];
  };
  return schema.description ?? schema.anyOf?.find((part) => part.description)?.description ?? '';
}
