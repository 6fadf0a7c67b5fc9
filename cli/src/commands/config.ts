import { resolve } from 'node:path';
import { CommandError, usageError } from '../command-error.ts';
import {
  type ConfigFile,
  changeConfig,
  type Profile,
  profileKey,
  type Settings,
} from '../config-file.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findKey, findOperatorKey } from '../keys/find-key.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import type { Call } from '../program/attach-action.ts';
import { readProfileName, unnamed } from '../settings/choose-profile.ts';
import { type Found, findSetting } from '../settings/find-setting.ts';
import {
  requireSetting,
  type SettingName,
  settingNames,
  settingTable,
} from '../settings/setting-table.ts';

interface SettingRow extends Found {
  name: string;
  about: string;
}

const settingColumns: Column<SettingRow>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'VALUE', value: ({ value }) => value ?? '-' },
  { title: 'ORIGIN', value: ({ origin }) => origin },
  { title: 'FROM', value: ({ source }) => source ?? '-' },
];

/** `node3 config show`: every setting with where it comes from; of keys only whether there is one. */
export async function showConfig(context: Context): Promise<number> {
  const { configPath, profileName, sources, terminal } = context;
  const data = [
    profileRow(context),
    ...settingNames.map((name) => settingRow(context, name)),
    accountKeyRow(context),
    keyRow('operator-key', 'the key of the operator', findOperatorKey(context.keyPlaces)),
  ];
  const files = { configPath, projectPath: sources.project?.path ?? null };
  const answer = { profile: profileName ?? unnamed, ...files, data };
  await printRows(context, answer, settingColumns);
  const project = files.projectPath ?? 'no node3.toml from here upwards';
  if (!terminal.json) await terminal.talk(`\nyours    ${configPath}\nproject  ${project}`);
  return exitCodes.ok.code;
}

function settingRow(context: Context, name: SettingName): SettingRow {
  const found = findSetting(name, context.sources);
  return { name, about: settingTable[name].about, ...withFact(context, name, found) };
}

/** Some values are known of the marketplace without having been set. */
function withFact(
  { configPath, profile, walletPath, rpcUrl }: Context,
  name: string,
  found: Found,
) {
  if (found.value !== null || !(name === 'wallet' || name === 'rpc-url')) return found;
  const known = name === 'wallet' ? profile.walletPath : profile.rpcUrl;
  if (known !== undefined) return { value: known, origin: 'profile', source: configPath } as const;
  return { ...found, value: name === 'wallet' ? walletPath : rpcUrl };
}

function profileRow({ config, options, host, profileName }: Context): SettingRow {
  const row = { name: 'profile', about: 'which of your profiles', value: profileName ?? unnamed };
  if (options.profile !== undefined) return { ...row, origin: 'flag', source: '--profile' };
  if (host.env['NODE3_PROFILE']?.trim()) {
    return { ...row, origin: 'environment', source: 'NODE3_PROFILE' };
  }
  if (config.currentProfile === null) return { ...row, origin: 'default', source: null };
  return { ...row, origin: 'profile', source: 'config use' };
}

function accountKeyRow({ keyPlaces }: Context): SettingRow {
  const row = keyRow('api-key', 'the key of your account', findKey(keyPlaces));
  if (row.value !== null || keyPlaces.profile.keyringEntry === undefined) return row;
  const source = `the ${keyPlaces.keyring?.name ?? 'keyring, which can not be reached'}`;
  return { ...row, value: 'kept, but locked', origin: 'profile', source };
}

function keyRow(name: string, about: string, key: ReturnType<typeof findKey>): SettingRow {
  if (key === null) return { name, about, value: null, origin: 'default', source: null };
  const isVariable = /^[A-Z0-9_]+$/.test(key.source);
  const origin = isVariable ? 'environment' : 'profile';
  return { name, about, value: 'kept, never shown', origin, source: key.source };
}

/** `node3 config get`: the value alone; 1 where nothing says one. */
export async function getSetting(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const row = settingRow(context, requireSetting(call.args[0] ?? ''));
  if (terminal.json) await terminal.object(row);
  else if (row.value !== null) await terminal.data(row.value);
  return row.value === null ? exitCodes.failure.code : exitCodes.ok.code;
}

/** `node3 config set`: for the profile that is meant. A value that can't be used is not kept. */
export async function setSetting(context: Context, call: Call<object>): Promise<number> {
  const [given = '', text = ''] = call.args;
  const name = requireSetting(given);
  settingTable[name].check(name, text);
  // Meant from where it was typed, whatever folder a later command runs in.
  const kept = name === 'wallet' ? resolve(context.host.cwd, text) : text.trim();
  await changeConfig(context.configPath, (now) => withSetting(now, context, name, kept));
  return sayChanged(context, name);
}

export async function unsetSetting(context: Context, call: Call<object>): Promise<number> {
  const name = requireSetting(call.args[0] ?? '');
  await changeConfig(context.configPath, (now) => withSetting(now, context, name, null));
  return sayChanged(context, name);
}

function withSetting(
  config: ConfigFile,
  { profileName }: Context,
  name: SettingName,
  text: string | null,
): ConfigFile {
  const isUrl = name === 'url';
  if (profileName === null) {
    if (isUrl) return { ...config, currentUrl: text };
    return { ...config, settings: changed(config.settings, name, text) };
  }
  const before = config.named[profileName] ?? { url: null, settings: {} };
  if (isUrl && text !== null && before.url !== null) refuseMove(profileName, before.url, text);
  const after = isUrl
    ? { ...before, url: text === null ? null : profileKey(text) }
    : { ...before, settings: changed(before.settings, name, text) };
  return { ...config, named: { ...config.named, [profileName]: after } };
}

/** Its key belongs to the marketplace it has now. */
function refuseMove(name: string, from: string, to: string): void {
  if (profileKey(from) === profileKey(to)) return;
  throw usageError(
    `The profile ${name} is one of ${from}, and its key is for there.`,
    `Log in at the other one: node3 --profile ${name} login --url ${to}`,
  );
}

function changed(settings: Settings, name: SettingName, text: string | null): Settings {
  const { [name]: _before, ...rest } = settings;
  return text === null ? rest : { ...rest, [name]: text };
}

/** What stands in the way of the new value is said: a variable, or the project's file. */
async function sayChanged(context: Context, name: SettingName): Promise<number> {
  const { profileName, configPath, terminal } = context;
  const { origin, source, value } = findSetting(name, context.sources);
  const whose = profileName === null ? '' : `profile ${profileName} in `;
  if (terminal.json) await terminal.object({ name, profile: profileName ?? unnamed, configPath });
  else await terminal.data(`${whose}${configPath}`);
  if (origin === 'flag' || origin === 'environment' || origin === 'project') {
    await terminal.talk(`${source} says ${value}, and goes before it.`);
  }
  return exitCodes.ok.code;
}

/** `node3 config path`: the file with your settings. */
export async function showConfigPath({ configPath, sources, terminal }: Context): Promise<number> {
  const projectPath = sources.project?.path ?? null;
  if (terminal.json) await terminal.object({ configPath, projectPath });
  else await terminal.data(configPath);
  if (projectPath !== null) await terminal.talk(`The project says more: ${projectPath}`);
  return exitCodes.ok.code;
}

interface ProfileRow {
  profile: string;
  current: boolean;
  url: string | null;
  key: 'keyring' | 'file' | null;
}

const profileColumns: Column<ProfileRow>[] = [
  { title: 'PROFILE', value: ({ profile }) => profile },
  { title: 'MARKETPLACE', value: ({ url }) => url ?? '-' },
  { title: 'KEY', value: ({ key }) => key ?? '-' },
  { title: '', value: ({ current }) => (current ? 'in use' : '') },
];

/** `node3 config use NAME` chooses a profile; without a name it lists them. */
export async function useProfile(context: Context, call: Call<object>): Promise<number> {
  const { config, configPath, terminal } = context;
  const [given] = call.args;
  if (given === undefined) {
    await printRows(context, { data: profileRows(config) }, profileColumns);
    return exitCodes.ok.code;
  }
  const name = readProfileName('NAME', given);
  if (name !== null && !Object.hasOwn(config.named, name)) {
    const fix = `Make it: node3 --profile ${name} login --url URL`;
    throw new CommandError('usage', `There is no profile "${name}".`, fix);
  }
  await changeConfig(configPath, (now) => ({ ...now, currentProfile: name }));
  const url = name === null ? config.currentUrl : (config.named[name]?.url ?? null);
  if (terminal.json) await terminal.object({ profile: given, url });
  else await terminal.data(url === null ? given : `${given}  ${url}`);
  return exitCodes.ok.code;
}

/** Where the key is, of which a profile knows one place at most. */
function keyIn({ apiKey, keyringEntry }: Profile): ProfileRow['key'] {
  if (keyringEntry !== undefined) return 'keyring';
  return apiKey === undefined ? null : 'file';
}

function profileRows({ currentProfile, currentUrl, named, profiles }: ConfigFile): ProfileRow[] {
  const first: ProfileRow = {
    profile: unnamed,
    current: currentProfile === null,
    url: currentUrl,
    key: keyIn(profiles[profileKey(currentUrl ?? '')] ?? {}),
  };
  const rest = Object.entries(named).map(([profile, one]) => ({
    profile,
    current: currentProfile === profile,
    url: one.url,
    key: keyIn(one),
  }));
  return [first, ...rest];
}
