import { assertNever } from '@node3/shared/assert';
import { type Asset, assets, type Money } from '@node3/shared/money';
import {
  describeKey,
  type PolicyKey,
  type ProviderPolicy,
  policyKeys,
} from '@node3/shared/provider-policy';
import { usageError } from '../command-error.ts';
import { readBytes } from '../parse/bytes.ts';

type Kind = 'text' | 'list' | 'number' | 'flag' | 'size' | 'asks';

const kinds: Record<PolicyKey, Kind> = {
  hours: 'list',
  maintenance: 'list',
  timeZone: 'text',
  idleMinutes: 'number',
  temperatureCelsiusMax: 'number',
  powerWattsMax: 'number',
  batteryAllowed: 'flag',
  asks: 'asks',
  imagesAllowed: 'list',
  registriesAllowed: 'list',
  egressHosts: 'list',
  requestersBlocked: 'list',
  diskFloorBytes: 'size',
  imageDiskBytes: 'size',
  warmContainers: 'number',
  nativeAllowed: 'flag',
  whenClosed: 'text',
  electricityUsdPerKwh: 'number',
};

const neverNull: readonly PolicyKey[] = ['asks', 'egressHosts', 'maintenance', 'requestersBlocked'];

/** @throws CommandError with the keys there are. */
export function parsePolicyKey(text: string): PolicyKey {
  const found = policyKeys.find((key) => key.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  const keys = policyKeys.map((key) => `  ${key}: ${describeKey(key)}`).join('\n');
  throw usageError(`The policy has no field ${text}.`, `There are:\n${keys}`);
}

/** Reads what a person typed; whether the value is allowed, the policy itself says. */
export function parsePolicyValue(key: PolicyKey, text: string): unknown {
  const kind = kinds[key];
  if (/^none$/i.test(text.trim())) return neverNull.includes(key) ? emptyOf(kind) : null;
  const value = readKind(kind, text.trim());
  if (value !== undefined) return value;
  throw usageError(`${key} is "${text}".`, `It must be ${describeKey(key)}.`);
}

function emptyOf(kind: Kind): unknown {
  return kind === 'asks' ? {} : [];
}

/** @returns undefined for what can't be read. */
function readKind(kind: Kind, text: string): unknown {
  switch (kind) {
    case 'flag':
      if (/^(on|yes|true)$/i.test(text)) return true;
      return /^(off|no|false)$/i.test(text) ? false : undefined;
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'size':
      return readBytes(text.replace(/([kmgt])$/i, '$1iB')) ?? undefined;
    case 'list':
      return splitList(text);
    case 'asks':
      return readAsks(text);
    case 'text':
      return text;
    default:
      return assertNever(kind);
  }
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `*=0.3 USDC, rtx-4090=0.5 USDC + 0.004 SOL`. */
function readAsks(text: string): ProviderPolicy['asks'] | undefined {
  const entries = splitList(text).map((part) => {
    const [name = '', sums = ''] = part.split('=', 2);
    return [name.trim(), readSums(sums)] as const;
  });
  const asks: ProviderPolicy['asks'] = {};
  for (const [name, ask] of entries) {
    if (name === '' || ask === undefined) return undefined;
    asks[name] = ask;
  }
  return asks;
}

function readSums(text: string): ProviderPolicy['asks'][string] | undefined {
  const ask: Record<Asset, Money | null> = { SOL: null, USDC: null };
  for (const part of text.split('+')) {
    const [, amount, name] = /^\s*([0-9.]+)\s*([a-z]+)\s*$/i.exec(part) ?? [];
    const asset = assets.find((each) => each === name?.toUpperCase());
    if (amount === undefined || asset === undefined) return undefined;
    ask[asset] = { amount, asset };
  }
  return ask;
}

/** The same words as `set` takes. */
export function showPolicyValue(key: PolicyKey, value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (kinds[key] === 'size') return `${Number(value) / 1024 ** 3}g`;
  if (kinds[key] === 'asks') return showAsks(value as ProviderPolicy['asks']);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function showAsks(asks: ProviderPolicy['asks']): string {
  const parts = Object.entries(asks).map(([name, ask]) => {
    const sums = [ask.USDC, ask.SOL].filter((money) => money !== null);
    return `${name}=${sums.map(({ amount, asset }) => `${amount} ${asset}`).join(' + ')}`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}
