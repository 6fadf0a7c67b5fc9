import type { Env } from '@node3/shared/env';
import type { Profile } from '../config-file.ts';
import type { Keyring } from './keyring.ts';

export interface FoundKey {
  value: string;
  /** The variable, file or keyring it comes from. */
  source: string;
}

export interface KeyPlaces {
  env: Env;
  /** Whether keys of the environment may go to the marketplace that is meant. */
  envIs: 'meant' | 'refused';
  profile: Profile;
  configPath: string;
  /** null where the profile has nothing in it, or there is none. */
  keyring: Keyring | null;
}

/** The requester's key: of the environment, of the keyring, of the file. null where there is none. */
export function findKey(places: KeyPlaces): FoundKey | null {
  const { configPath, keyring, profile } = places;
  const ofEnv = findInEnv(places, ['NODE3_API_KEY', 'API_KEY']);
  if (ofEnv !== null) return ofEnv;
  const { apiKey, keyringEntry } = profile;
  const kept = keyringEntry === undefined ? null : (keyring?.read(keyringEntry) ?? null);
  if (kept !== null) return { value: kept, source: `the ${keyring?.name}` };
  return apiKey === undefined ? null : { value: apiKey, source: configPath };
}

export function findOperatorKey(places: KeyPlaces): FoundKey | null {
  const { adminApiKey } = places.profile;
  const ofEnv = findInEnv(places, ['ADMIN_API_KEY']);
  if (ofEnv !== null || adminApiKey === undefined) return ofEnv;
  return { value: adminApiKey, source: places.configPath };
}

function findInEnv({ env, envIs }: KeyPlaces, names: readonly string[]): FoundKey | null {
  const source = envIs === 'meant' ? names.find((name) => env[name]) : undefined;
  return source === undefined ? null : { value: env[source] ?? '', source };
}
