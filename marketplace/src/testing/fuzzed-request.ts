import { request as send } from 'node:http';
import type { RouteContract } from '@node3/shared/contract';
import { mutatedValue, toJson } from '@node3/shared/testing/mutated-value';
import {
  type Chance,
  type LooseSchema,
  pick,
  type ValueOptions,
  validValue,
} from '@node3/shared/testing/valid-value';

export interface FuzzedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

/** Whoever makes requests needs to know what there is: ids by the pattern they fit. */
export interface FuzzSources {
  chance: Chance;
  ids: Map<string, string[]>;
}

/** A request to one endpoint, from almost right to nonsense. */
export function fuzzedRequest(contract: RouteContract, sources: FuzzSources): FuzzedRequest {
  const { chance } = sources;
  const options: ValueOptions = {
    chance,
    optionalRatio: pick([0.1, 0.5, 0.9], chance),
    known(pattern) {
      const ids = sources.ids.get(pattern);
      return ids !== undefined && chance() < 0.8 ? pick(ids, chance) : undefined;
    },
  };
  const sent = bodyOf(contract, options);
  return {
    method: chance() < 0.02 ? pick(['HEAD', 'OPTIONS', 'PATCH', 'TRACE'], chance) : contract.method,
    path: pathOf(contract, options) + queryOf(contract, options),
    headers: { ...headersOf(chance), ...sent.headers },
    body: sent.body,
  };
}

const wrongParams = [
  '..',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%00',
  '%',
  '%ff',
  '%E2%80%AE',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '-1',
  '1e9',
  '0x10',
  '9'.repeat(40),
  'x'.repeat(127),
  'x'.repeat(400),
  "'%20OR%201=1",
  '%20',
];

function pathOf(contract: RouteContract, options: ValueOptions): string {
  const { chance } = options;
  const params = partOf(contract.schema.params, options);
  return contract.url.replaceAll(/:(\w+)/g, (_, name: string) =>
    chance() < 0.12 ? pick(wrongParams, chance) : encodeURIComponent(String(params[name])),
  );
}

const wrongTexts = [
  '',
  '-1',
  '0',
  '1e999',
  'NaN',
  'true',
  '[object%20Object]',
  '%00',
  '%F0%9F%98%80',
  '%',
  '..%2f',
  'x'.repeat(3_000),
  '9'.repeat(30),
  '2026-13-45T99:99:99Z',
  '2026-11-26T00:00:00%2B99:99',
];

function queryOf(contract: RouteContract, options: ValueOptions): string {
  const { chance } = options;
  const query = partOf(contract.schema.querystring, options);
  const pairs = Object.entries(query).map(([name, value]) => [
    name,
    chance() < 0.25 ? pick(wrongTexts, chance) : encodeURIComponent(String(value)),
  ]);
  if (chance() < 0.05) pairs.push([pick(['extra', '__proto__', 'limit', 'limit[]'], chance), '1']);
  if (chance() < 0.05 && pairs[0] !== undefined) pairs.push(pairs[0]);
  // A stream that follows ends only with its caller.
  const text = pairs.filter(([name]) => name !== 'follow').map((pair) => pair.join('='));
  return text.length === 0 ? '' : `?${text.join('&')}`;
}

function partOf(schema: unknown, options: ValueOptions): Record<string, unknown> {
  const value = schema === undefined ? {} : validValue(schema as LooseSchema, options);
  return value as Record<string, unknown>;
}

const wrongBodies: readonly (string | Buffer)[] = [
  '',
  '%20',
  'null',
  '[]',
  '"text"',
  '{',
  '{"a":',
  '{"a":1,}',
  '{"a":1}}',
  '{"__proto__":{"x":1}}',
  '['.repeat(100_000),
  `{"a":${'{"a":'.repeat(20_000)}1`,
  Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
  Buffer.from('\ufeff{}'),
  'a=b&c=d',
  '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
];

const wrongTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/jsonx',
  'application/octet-stream',
  'garbage',
  '',
];

function bodyOf(
  { url, schema, method }: RouteContract,
  options: ValueOptions,
): Pick<FuzzedRequest, 'headers' | 'body'> {
  const { chance } = options;
  const isBytes = url.includes('/parts/');
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const headers = { 'content-type': chance() < 0.04 ? pick(wrongTypes, chance) : type };
  if (chance() < 0.06) return { headers, body: pick(wrongBodies, chance) };
  if (isBytes) return { headers, body: Buffer.alloc(Math.floor(chance() * 64), 'x') };
  if (schema.body === undefined) {
    return chance() < 0.9 || method === 'GET'
      ? { headers: {}, body: null }
      : { headers, body: '{}' };
  }
  const value = inhibited(validValue(schema.body, options));
  const text = toJson(chance() < 0.6 ? inhibited(mutatedValue(value, chance)) : value) ?? '';
  const end = chance() < 0.03 ? Math.floor(chance() * text.length) : text.length;
  return { headers, body: text.slice(0, end) };
}

/** Nobody waits for work here, nor for the end of a job. */
function inhibited(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const body = value as Record<string, unknown>;
  if (typeof body['waitSec'] === 'number' && body['waitSec'] > 0) body['waitSec'] = 0;
  if (typeof body['timeout'] === 'number' && body['timeout'] > 1) body['timeout'] = 1;
  return body;
}

const headerValues: Record<string, readonly string[]> = {
  accept: [
    'application/json',
    'application/x-ndjson',
    'text/plain',
    '*/*',
    ';;;',
    'text/event-stream',
  ],
  'idempotency-key': ['', 'a', 'x'.repeat(300), 'ü', 'key-1', '" OR 1'],
  'quote-id': ['', 'quo_x', 'quo_01M8BAHJSJF3AT6K0V6TT6A8G2'],
  'if-match': ['*', '"x"', '"1"', 'W/"1"', ''],
  'if-none-match': ['*', '"x"'],
  range: ['bytes=0-', 'bytes=5-2', 'bytes=-0', 'bytes=0-0,2-3', 'bytes=99999999999999999999-', 'x'],
  prefer: ['wait=0', 'wait=-1', 'wait=x', 'return=minimal', 'wait=0, wait=0'],
  'last-event-id': ['1', '-1', 'x', '9'.repeat(30)],
  'lease-attempt': ['1', '-1', 'x', '1e9', '1.5'],
  'lease-token': ['', 'x', 'x'.repeat(200)],
  'content-encoding': ['gzip', 'identity'],
  'payment-signature': ['x', 'e30=', Buffer.from('{"x402Version":2}').toString('base64')],
  'x-payment': ['x', 'e30=', 'bnVsbA=='],
  'x-registration-token': ['x', 'x'.repeat(300)],
  'x-request-id': ['a'.repeat(300), '../..', 'é'],
  traceparent: ['00-0-0-00', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  origin: ['null', 'http://elsewhere.example'],
  cookie: ['a=b; __proto__=1'],
  'x-long': ['x'.repeat(20_000)],
};

function headersOf(chance: Chance): Record<string, string> {
  const headers: Record<string, string> = {};
  const count = Math.floor(chance() * chance() * 5);
  for (let i = 0; i < count; i += 1) {
    const [name, values] = pick(Object.entries(headerValues), chance);
    headers[name] = Buffer.from(pick(values, chance), 'utf8').toString('latin1');
  }
  if (chance() > 0.02) delete headers['x-long'];
  return headers;
}

export interface FuzzedAnswer {
  status: number;
  type: string;
  text: string;
}

/** Longest wait for the head of an answer: a hang is a failure. */
const headMsMax = 15_000;
/** What streams is read for so long, once it has begun. */
const streamMs = 200;

/** Sends what no client would, and reads the beginning of what comes. Rejects when nothing does. */
export function sendFuzzed(baseUrl: string, fuzzed: FuzzedRequest): Promise<FuzzedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<FuzzedAnswer>();
  const { hostname, port } = new URL(baseUrl);
  const { method, path, headers } = fuzzed;
  const length = fuzzed.body === null ? {} : { 'content-length': Buffer.byteLength(fuzzed.body) };
  const sent = send({ hostname, port, method, path, headers: { ...headers, ...length } });
  const isLate = () => sent.destroy(new Error('no answer came'));
  const limit = setTimeout(isLate, headMsMax);
  sent.on('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(limit);
    // The server closed it while it lay idle: every client asks again then.
    if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(sendFuzzed(baseUrl, fuzzed));
    else reject(error);
  });
  sent.on('response', (response) => {
    clearTimeout(limit);
    const { statusCode: status = 0 } = response;
    const type = String(response.headers['content-type']);
    const chunks: Buffer[] = [];
    const finish = () => resolve({ status, type, text: Buffer.concat(chunks).toString() });
    const enough = setTimeout(() => {
      finish();
      sent.destroy();
    }, streamMs);
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', finish);
    response.on('end', () => {
      clearTimeout(enough);
      finish();
    });
  });
  sent.end(fuzzed.body ?? undefined);
  return promise;
}
