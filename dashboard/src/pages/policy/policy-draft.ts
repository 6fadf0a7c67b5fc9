import { isPolicyValue } from '@node3/shared/check-policy-value';
import { isEgressHost } from '@node3/shared/egress-hosts';
import { isMaintenance } from '@node3/shared/maintenance';
import { type Asset, assetDecimals, parseAmount } from '@node3/shared/money';
import {
  type PolicyFile,
  type PolicyKey,
  ProviderPolicy,
  policyKeys,
} from '@node3/shared/provider-policy';

/** A window of hours as two lists and two clocks show it; no day is every day. */
export interface HoursRow {
  fromDay: string;
  toDay: string;
  from: string;
  to: string;
}

/** A single time of maintenance as two fields of date and time show it. */
export interface MaintenanceRow {
  from: string;
  to: string;
}

export interface AskRow {
  /** A class of devices, or `*` for all others. */
  name: string;
  /** Stands in the policy with both amounts empty: sold for anything. Never so by emptying a field. */
  listed: boolean;
  USDC: string;
  SOL: string;
}

/** A list that may also be no limit at all. */
export interface ListDraft {
  limited: boolean;
  /** One entry a line. */
  text: string;
}

/** The policy as it stands in the form: text where people type. Empty is no limit. */
export interface PolicyDraft {
  hours: readonly HoursRow[];
  maintenance: readonly MaintenanceRow[];
  timeZone: string;
  idleMinutes: string;
  temperatureCelsiusMax: string;
  powerWattsMax: string;
  batteryAllowed: boolean;
  asks: readonly AskRow[];
  imagesAllowed: ListDraft;
  registriesAllowed: ListDraft;
  egressHosts: string;
  requestersBlocked: string;
  /** In GiB, as is the next one. */
  diskFloorBytes: string;
  imageDiskBytes: string;
  warmContainers: string;
  nativeAllowed: boolean;
  whenClosed: ProviderPolicy['whenClosed'];
  electricityUsdPerKwh: string;
}

const gib = 1024 ** 3;
export const restOfDevices = '*';
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const newHours: HoursRow = { fromDay: 'mon', toDay: 'fri', from: '22:00', to: '08:00' };

/** @param classes of this machine's devices: each has a row, asked for or not. */
export function toDraft(policy: ProviderPolicy, classes: readonly string[]): PolicyDraft {
  return {
    hours: (policy.hours ?? []).map(toHoursRow),
    maintenance: policy.maintenance.map(toMaintenanceRow),
    timeZone: policy.timeZone ?? '',
    idleMinutes: toText(policy.idleMinutes),
    temperatureCelsiusMax: toText(policy.temperatureCelsiusMax),
    powerWattsMax: toText(policy.powerWattsMax),
    batteryAllowed: policy.batteryAllowed,
    asks: toAskRows(policy.asks, classes),
    imagesAllowed: toList(policy.imagesAllowed),
    registriesAllowed: toList(policy.registriesAllowed),
    egressHosts: policy.egressHosts.join('\n'),
    requestersBlocked: policy.requestersBlocked.join('\n'),
    diskFloorBytes: toText(policy.diskFloorBytes / gib),
    imageDiskBytes: toText(policy.imageDiskBytes === null ? null : policy.imageDiskBytes / gib),
    warmContainers: String(policy.warmContainers),
    nativeAllowed: policy.nativeAllowed,
    whenClosed: policy.whenClosed,
    electricityUsdPerKwh: toText(policy.electricityUsdPerKwh),
  };
}

/** The value of one field, or null where what stands there can't be one. */
export function readField(draft: PolicyDraft, key: PolicyKey): { value: unknown } | null {
  const value = readers[key](draft);
  if (!isPolicyValue(key, value)) return null;
  return findNonsense(draft, key) ? null : { value };
}

/** The fields that say something else than another draft. */
export function changedKeys(draft: PolicyDraft, base: PolicyDraft): PolicyKey[] {
  return policyKeys.filter((key) => JSON.stringify(draft[key]) !== JSON.stringify(base[key]));
}

/** Those of the fields in which something stands that they can't be. */
export function wrongKeys(draft: PolicyDraft, keys: readonly PolicyKey[]): PolicyKey[] {
  return keys.filter((key) => readField(draft, key) === null);
}

/** What to send for these fields, all of which can be read. */
export function changeOf(draft: PolicyDraft, keys: readonly PolicyKey[]): PolicyFile {
  return Object.fromEntries(keys.map((key) => [key, readField(draft, key)?.value]));
}

/** Takes some fields from another draft. */
export function withFields(
  draft: PolicyDraft,
  from: PolicyDraft,
  keys: readonly PolicyKey[],
): PolicyDraft {
  return { ...draft, ...Object.fromEntries(keys.map((key) => [key, from[key]])) };
}

const readers: Record<PolicyKey, (draft: PolicyDraft) => unknown> = {
  hours: ({ hours }) => (hours.length === 0 ? null : hours.map(readHoursRow)),
  maintenance: ({ maintenance }) => maintenance.map(({ from, to }) => `${from}/${to}`),
  timeZone: ({ timeZone }) => (timeZone === '' ? null : timeZone),
  idleMinutes: ({ idleMinutes }) => readNumber(idleMinutes),
  temperatureCelsiusMax: ({ temperatureCelsiusMax }) => readNumber(temperatureCelsiusMax),
  powerWattsMax: ({ powerWattsMax }) => readNumber(powerWattsMax),
  batteryAllowed: ({ batteryAllowed }) => batteryAllowed,
  asks: ({ asks }) => readAsks(asks),
  imagesAllowed: ({ imagesAllowed }) => readList(imagesAllowed),
  registriesAllowed: ({ registriesAllowed }) => readList(registriesAllowed),
  egressHosts: ({ egressHosts }) => readLines(egressHosts),
  requestersBlocked: ({ requestersBlocked }) => readLines(requestersBlocked),
  diskFloorBytes: ({ diskFloorBytes }) => readGib(diskFloorBytes),
  imageDiskBytes: ({ imageDiskBytes }) => readGib(imageDiskBytes),
  warmContainers: ({ warmContainers }) => readNumber(warmContainers),
  nativeAllowed: ({ nativeAllowed }) => nativeAllowed,
  whenClosed: ({ whenClosed }) => whenClosed,
  electricityUsdPerKwh: ({ electricityUsdPerKwh }) => readNumber(electricityUsdPerKwh),
};

/** What a schema can't say. */
function findNonsense(draft: PolicyDraft, key: PolicyKey): boolean {
  if (key === 'timeZone') return draft.timeZone !== '' && !isTimeZone(draft.timeZone);
  if (key === 'egressHosts') {
    return readLines(draft.egressHosts).some((host) => host !== '*' && !isEgressHost(host));
  }
  if (key === 'maintenance') {
    return draft.maintenance.some(({ from, to }) => !isMaintenance(`${from}/${to}`));
  }
  if (key !== 'asks') return false;
  const names = draft.asks.map(({ name }) => name);
  return new Set(names).size < names.length || draft.asks.some((row) => !isAskRow(row));
}

/** What somebody typed; a row that is empty then asks as all others do. */
export function withAmounts(row: AskRow, part: Partial<AskRow>): AskRow {
  const changed = { ...row, ...part };
  const isEmpty = changed.USDC.trim() === '' && changed.SOL.trim() === '';
  return { ...changed, listed: row.listed && !isEmpty };
}

function isAskRow(row: AskRow): boolean {
  return isSum(row.USDC, 'USDC') && isSum(row.SOL, 'SOL');
}

export function isSum(text: string, asset: Asset): boolean {
  if (text.trim() === '') return true;
  try {
    return parseAmount(text.trim(), asset) > 0n;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function toHoursRow(window: string): HoursRow {
  const [times = '', names = ''] = window.split(' ').toReversed();
  const [from = '', to = ''] = times.split('-');
  const [fromDay = '', toDay = fromDay] = names.split('-');
  // A clock has no 24:00; a window that ends at 00:00 ends with its day as well.
  return { fromDay, toDay, from, to: to === '24:00' ? '00:00' : to };
}

function readHoursRow({ fromDay, toDay, from, to }: HoursRow): string {
  const times = `${from}-${to}`;
  if (fromDay === '') return times;
  return `${fromDay === toDay || toDay === '' ? fromDay : `${fromDay}-${toDay}`} ${times}`;
}

function toMaintenanceRow(time: string): MaintenanceRow {
  const [from = '', to = ''] = time.split('/');
  return { from, to };
}

function toAskRows(asks: ProviderPolicy['asks'], classes: readonly string[]): AskRow[] {
  const names = new Set([restOfDevices, ...classes, ...Object.keys(asks)]);
  return [...names].map((name) => {
    const ask = Object.hasOwn(asks, name) ? asks[name] : undefined;
    return {
      name,
      listed: ask !== undefined,
      USDC: ask?.USDC?.amount ?? '',
      SOL: ask?.SOL?.amount ?? '',
    };
  });
}

function readAsks(rows: readonly AskRow[]): ProviderPolicy['asks'] {
  const sum = (text: string, asset: Asset) =>
    text.trim() === '' ? null : { amount: text.trim(), asset };
  const asked = rows.filter((row) => row.listed || row.USDC.trim() !== '' || row.SOL.trim() !== '');
  return Object.fromEntries(
    asked.map(({ name, USDC, SOL }) => [name, { SOL: sum(SOL, 'SOL'), USDC: sum(USDC, 'USDC') }]),
  );
}

function toList(entries: readonly string[] | null): ListDraft {
  return { limited: entries !== null, text: (entries ?? []).join('\n') };
}

function readList({ limited, text }: ListDraft): string[] | null {
  return limited ? readLines(text) : null;
}

/** Commas separate as well, since people paste lists of either kind. */
function readLines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function toText(value: number | null): string {
  return value === null ? '' : String(value);
}

/** null is no limit; what is no number stays text, which no field takes. */
function readNumber(text: string): number | string | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function readGib(text: string): number | string | null {
  const value = readNumber(text);
  return typeof value === 'number' ? Math.round(value * gib) : value;
}

/** A price that others were seen to ask, with no more decimals than the asset has. */
export function toAmount(usd: number): string {
  return String(Number(usd.toFixed(assetDecimals.USDC)));
}
