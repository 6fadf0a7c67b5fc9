import { type Env, readUrl } from '@node3/shared/env';
import { usageError } from '../command-error.ts';
import { type ConfigFile, type Place, profileKey } from '../config-file.ts';
import { findSetting, type Origin, type Sources } from './find-setting.ts';

/** Which profile a command is about, and who said so. */
export interface ChosenProfile {
  /** null for the one without a name. */
  name: string | null;
  /** `--profile`, a variable, or the configuration file. */
  source: string;
  chosen: 'here' | 'before';
}

/** What the profile without a name is called. */
export const unnamed = 'default';
const namePattern = /^[a-z0-9][a-z0-9_.-]{0,31}$/i;
const variable = 'NODE3_PROFILE';

/** The flag, then the variable, then what `node3 config use` chose. */
export function chooseProfile(
  { profile }: { profile?: string },
  env: Env,
  { currentProfile }: ConfigFile,
): ChosenProfile {
  if (profile !== undefined) {
    return { name: readProfileName('--profile', profile), source: '--profile', chosen: 'here' };
  }
  const named = env[variable]?.trim();
  if (named) return { name: readProfileName(variable, named), source: variable, chosen: 'here' };
  return { name: currentProfile, source: 'config use', chosen: 'before' };
}

/** @returns null for the profile without a name. */
export function readProfileName(source: string, text: string): string | null {
  if (text === unnamed) return null;
  if (namePattern.test(text)) return text;
  const fix = 'Write letters, digits, dots, dashes and underscores, at most 32.';
  throw usageError(`${source} is "${text}", which is no name of a profile.`, fix);
}

/** Throws where there is no profile of that name: another one's key must not be used instead. */
export function requireProfile({ named }: ConfigFile, { name, source }: ChosenProfile): void {
  if (name === null || Object.hasOwn(named, name)) return;
  const known = [unnamed, ...Object.keys(named)].join(', ');
  const fix = `There are: ${known}. Make it: node3 --profile ${name} login --url URL`;
  throw usageError(`There is no profile "${name}" (${source}).`, fix);
}

/**
 * The marketplace that is meant, and whose facts count there: those of a named profile only at its own
 * marketplace, so that its key goes to no other.
 */
export function findPlace(
  { named }: ConfigFile,
  { name }: ChosenProfile,
  sources: Sources,
): Place & { origin: Origin } {
  const { origin, source, value } = findSetting('url', sources);
  const label =
    source === null || origin === 'flag' || origin === 'environment' ? source : `url of ${source}`;
  const url = readUrl({ [label ?? 'url']: value ?? '' }, label ?? 'url', value ?? '');
  const own = name === null ? undefined : named[name];
  const isOwn = name !== null && profileKey(own?.url ?? url) === profileKey(url);
  return { name: isOwn ? name : null, url, origin };
}

/** Whether the person has had to do with this marketplace before. */
export function isKnown({ named, profiles, currentUrl }: ConfigFile, url: string): boolean {
  const own = Object.values(named).flatMap((profile) => profile.url ?? []);
  const known = [...Object.keys(profiles), ...own, ...(currentUrl === null ? [] : [currentUrl])];
  return known.some((one) => profileKey(one) === profileKey(url));
}
