import type { ProviderPolicy } from '@node3/shared/provider-policy';
import type { PolicyVerdict } from '../decide-policy.ts';
import type { PolicyTerms } from '../find-policy-refusal.ts';

/** A policy that limits nothing and allows nothing special. */
export const openPolicy: ProviderPolicy = {
  hours: null,
  maintenance: [],
  timeZone: null,
  idleMinutes: null,
  temperatureCelsiusMax: null,
  powerWattsMax: null,
  batteryAllowed: false,
  asks: {},
  imagesAllowed: null,
  registriesAllowed: null,
  egressHosts: [],
  requestersBlocked: [],
  diskFloorBytes: 1024 ** 3,
  imageDiskBytes: null,
  warmContainers: 0,
  nativeAllowed: false,
  whenClosed: 'finish',
  electricityUsdPerKwh: null,
};

export const openVerdict: PolicyVerdict = { closed: null, withheld: new Map() };

export function openTerms(
  changes: Partial<ProviderPolicy> = {},
  terms: Partial<PolicyTerms> = {},
): PolicyTerms {
  const policy = { ...openPolicy, ...changes };
  return { policy, verdict: openVerdict, modelIds: new Map(), ...terms };
}
