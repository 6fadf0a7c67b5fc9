import { Check } from 'typebox/value';
import { type PolicyKey, ProviderPolicy } from './provider-policy.ts';

/** Whether a value is one that a field of the policy can have, as far as its schema says. */
export function isPolicyValue(key: PolicyKey, value: unknown): boolean {
  return Check(ProviderPolicy.properties[key], value);
}
