import { Offer } from '@node3/shared/device';
import { isEgressHost } from '@node3/shared/egress-hosts';
import { ConfigError, type Env, readOptionalText } from '@node3/shared/env';
import { limits } from '@node3/shared/limits';
import { Compile } from 'typebox/compile';

/** What a provider says about where its machine stands and whom it works for. */

const { region, labels, requestersBlocked } = Offer.properties;
const regionCheck = Compile(region);
const isRegion = (text: string): boolean => regionCheck.Check(text);
const labelsCheck = Compile(labels);
const accountsCheck = Compile(requestersBlocked);

/** @throws ConfigError for what is no region: lower case words with dashes, widest first. */
export function readRegion(env: Env, name: string): string | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  const fix = 'Set a region, widest part first, such as eu-west-1.';
  if (!isRegion(text)) throw new ConfigError(name, `is "${text}"`, fix);
  return text;
}

/** Labels as `name=value,name=value`. @throws ConfigError. */
export function readLabels(env: Env, name: string): Record<string, string> {
  const entries = readList(env, name).map((part) => part.split(/=(.*)/s, 2));
  const read = Object.fromEntries(entries.map(([label = '', value]) => [label, value]));
  if (labelsCheck.Check(read)) return read;
  const fix = 'Set names with values, such as disk=nvme,rack=7.';
  throw new ConfigError(name, `is "${env[name]}"`, fix);
}

/** Ids of accounts with commas between them. @throws ConfigError. */
export function readAccounts(env: Env, name: string): string[] {
  const accounts = readList(env, name);
  if (accountsCheck.Check(accounts)) return accounts;
  const fix = 'Set ids of accounts with commas between them; a job says whose it is.';
  throw new ConfigError(name, `is "${env[name]}"`, fix);
}

/** What jobs may reach. @throws ConfigError for what is no host name. */
export function readEgressHosts(env: Env, name: string): string[] {
  const hosts = readList(env, name).map((host) => host.toLowerCase());
  const wrong = hosts.find((host) => host !== '*' && !isEgressHost(host));
  if (wrong === undefined && hosts.length <= limits.egressHosts) return hosts;
  const fix = `Set at most ${limits.egressHosts} host names such as files.example.com or *.example.com, or * for all.`;
  throw new ConfigError(name, `has "${wrong ?? hosts.length}" in it`, fix);
}

const registryHost = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/;

/** Hosts of registries as images name them; `docker.io` is the engine's usual one. @throws ConfigError. */
export function readRegistries(env: Env, name: string): string[] {
  const hosts = readList(env, name).map((host) => host.toLowerCase());
  const wrong = hosts.find((host) => !registryHost.test(host));
  if (wrong === undefined) return hosts;
  const fix = 'Set host names as images have them, such as docker.io,ghcr.io.';
  throw new ConfigError(name, `has "${wrong}" in it`, fix);
}

function readList(env: Env, name: string): string[] {
  const parts = (readOptionalText(env, name) ?? '').split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
