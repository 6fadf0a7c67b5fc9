import { CommandError } from '../command-error.ts';
import { changeConfig, type Place, type Profile, profileOf, withProfile } from '../config-file.ts';
import type { Context } from '../context.ts';
import { choose } from '../parse/choose.ts';
import { findSetting } from '../settings/find-setting.ts';
import { keyStores } from '../settings/setting-table.ts';

/**
 * Keeps the key of this profile where `key-store` says: in the keyring of the system where one can be
 * reached, else in the configuration file. The place it had before forgets it.
 *
 * @returns where it is now, for people.
 */
export async function keepKey(
  context: Context,
  place: Place,
  apiKey: string,
  facts: Profile = {},
): Promise<string> {
  const { config, configPath, host } = context;
  const { value, source } = findSetting('key-store', context.sources);
  const wanted = choose(source ?? 'key-store', value ?? 'auto', keyStores);
  const keyring = wanted === 'file' ? null : await host.openKeyring();
  const old = profileOf(config, place).keyringEntry;
  // Two configuration files may know one marketplace: each has an entry of its own.
  const entry = `${place.url} ${host.ids.secret(6)}`;
  const isInKeyring =
    keyring?.write(entry, apiKey, `node3 key for ${place.url}`) === true &&
    keyring.read(entry) === apiKey;
  if (wanted === 'keyring' && !isInKeyring) {
    const fix = 'Unlock it, or let it be kept in a file of yours: NODE3_KEY_STORE=file';
    throw new CommandError('failure', 'No keyring could be reached that keeps the key.', fix);
  }
  const kept = isInKeyring
    ? { apiKey: undefined, keyringEntry: entry }
    : { apiKey, keyringEntry: undefined };
  await changeConfig(configPath, (now) => withProfile(now, place, { ...facts, ...kept }));
  if (old !== undefined && old !== kept.keyringEntry)
    (keyring ?? (await host.openKeyring()))?.remove(old);
  if (isInKeyring) return `the ${keyring?.name}`;
  const why =
    keyring === null ? 'no keyring can be reached here' : `the ${keyring.name} did not take it`;
  return `${configPath}, readable by you only${wanted === 'file' ? '' : `; ${why}`}`;
}

/** Forgets the key of this profile, wherever it is. */
export async function forgetKey(
  { config, configPath, host }: Context,
  place: Place,
): Promise<void> {
  const { keyringEntry } = profileOf(config, place);
  if (keyringEntry !== undefined) (await host.openKeyring())?.remove(keyringEntry);
  const none = { apiKey: undefined, keyringEntry: undefined };
  await changeConfig(configPath, (now) => withProfile(now, place, none));
}
