import { canonicalJson } from '@node3/shared/canonical-json';
import { limits } from '@node3/shared/limits';
import { invalid } from '../../../services/check-template.ts';
import { isDeeperThan } from '../../../services/json-depth.ts';
import { type PriceWords, priceKeys } from './bacalhau-price.ts';

/** A job as Bacalhau's clients send it, without what Go's encoder adds that nobody has asked for. */
export interface SubmittedDocument {
  job: Record<string, unknown>;
  name: string | null;
  namespace: string | undefined;
  price: PriceWords;
}

/** What a server says of a job: clients send the zero values of these back. */
const serverFields = [
  'ID',
  'State',
  'Version',
  'Revision',
  'CreateTime',
  'ModifyTime',
  'APIVersion',
] as const;

/**
 * Throws REQUEST_INVALID for what is nested too deep.
 * @param namespace of the query, which a job without one of its own gets.
 */
export function readSubmitted(given: object, namespace: string | undefined): SubmittedDocument {
  if (isDeeperThan(given, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/Job', detail }]);
  }
  const job = withGoNames(given);
  for (const field of serverFields) Reflect.deleteProperty(job, field);
  const { Name: name, Namespace: ownNamespace } = job;
  if (isEmpty(ownNamespace) && namespace !== undefined && namespace !== '*') {
    job['Namespace'] = namespace;
  }
  const meta = isRecord(job['Meta']) ? job['Meta'] : {};
  const price: PriceWords = {};
  for (const key of priceKeys) {
    const value = meta[key] ?? null;
    if (value !== null) price[key] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  const others = Object.entries(meta).filter(([key]) => !isOurs(key));
  job['Meta'] = Object.fromEntries(others);
  const own = job['Namespace'];
  return {
    job,
    price,
    name: typeof name === 'string' && name !== '' ? name : null,
    namespace: typeof own === 'string' ? own : undefined,
  };
}

const readHere = ['Name', 'Namespace', 'Meta', ...serverFields];

/** Go reads names of fields in any case; the importer does, too. */
function withGoNames(given: object): Record<string, unknown> {
  const named = Object.entries(given).map(([key, value]): [string, unknown] => {
    const folded = key.toLowerCase();
    return [readHere.find((name) => name.toLowerCase() === folded) ?? key, value];
  });
  return Object.fromEntries(named);
}

/** Keys with a meaning here, and those that Bacalhau's own servers add for statistics. */
function isOurs(key: string): boolean {
  return priceKeys.some((known) => known === key) || key.startsWith('bacalhau.org/');
}

/** The same for two documents that say the same, whether or not what is empty is written down. */
export function documentText({ job, price }: SubmittedDocument): string {
  return canonicalJson({ job: withoutEmpty(job), price });
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, withoutEmpty(part)] as const);
  return Object.fromEntries(entries.filter(([, part]) => !isEmpty(part)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
