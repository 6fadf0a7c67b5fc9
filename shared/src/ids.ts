/**
 * Ids are a three-letter kind, an underscore and a UUIDv7 in Crockford base 32 (26 characters),
 * so they sort by creation time and can't be mistaken for one another.
 */
export const idKinds = {
  account: 'acc',
  agent: 'agt',
  alert: 'alr',
  apiKey: 'key',
  artifact: 'art',
  batch: 'bat',
  challenge: 'chl',
  delivery: 'dlv',
  execution: 'exe',
  fanOut: 'fan',
  flow: 'flw',
  flowRun: 'run',
  intent: 'int',
  job: 'job',
  link: 'lnk',
  payout: 'pay',
  proof: 'prf',
  provider: 'prv',
  quote: 'quo',
  registrationToken: 'reg',
  reservation: 'rsv',
  schedule: 'sch',
  snippet: 'snp',
  session: 'ses',
  template: 'tpl',
  webhook: 'whk',
} as const;

export type IdKind = keyof typeof idKinds;

/** The source of ids and secrets. Tests pass a sequential one. */
export interface Ids {
  /** A new id such as `job_06BR2J0S7XW8Z3Q1T5M4N6P9KD`. */
  next(kind: IdKind): string;
  /** A URL-safe random secret of `bytes` bytes. */
  secret(bytes: number): string;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** @returns a pattern for JSON Schema that accepts exactly the ids of one kind. */
export function idPattern(kind: IdKind): string {
  return `^${idKinds[kind]}_[0-9A-HJKMNP-TV-Z]{26}$`;
}

/** The prefix of the ids that a pattern of `idPattern` asks for; null for any other pattern. */
export function idPrefixOf(pattern: string): string | null {
  const kinds = Object.keys(idKinds) as IdKind[];
  const kind = kinds.find((name) => idPattern(name) === pattern);
  return kind === undefined ? null : idKinds[kind];
}

/** Encodes 16 bytes as 26 Crockford base 32 characters; byte order is kept, so order is too. */
export function encodeCrockford(bytes: Uint8Array): string {
  let text = '';
  // 130 bits for 128: the first character has two leading zeros.
  let bits = 2;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += crockford.charAt((value >> (bits - 5)) & 31);
  }
  return text;
}

/** Lays out a UUIDv7: 48 bits of milliseconds, then version, variant and 74 random bits. */
export function uuidV7Bytes(nowMs: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 10), 6);
  let rest = nowMs;
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

/** @returns the first id of a kind that a millisecond can have: a bound for those made since, or before. */
export function firstIdOf(kind: IdKind, nowMs: number): string {
  const zeros = new Uint8Array(uuidRandomBytes);
  return `${idKinds[kind]}_${encodeCrockford(uuidV7Bytes(Math.max(0, nowMs), zeros))}`;
}

/** @returns when an id was made, milliseconds since the Unix epoch by the clock of its maker. */
export function timeOfId(id: string): number {
  const [, letters = ''] = id.split('_');
  // The 48 bits of a UUIDv7 that come first: the first letter has three of them, the others five.
  let ms = 0;
  for (const letter of letters.slice(0, 10)) ms = ms * 32 + crockford.indexOf(letter);
  return ms;
}

/** The random part of an id: 74 bits of it are kept. */
const uuidRandomBytes = 10;

/** Asking the random source costs more than all the rest of an id: it is asked for many at once. */
const pool = new Uint8Array(4_096);
let poolUsed = pool.length;

/** @returns bytes that nobody gets again; good until the next call. */
function nextRandom(bytes: number): Uint8Array {
  if (bytes > pool.length) return crypto.getRandomValues(new Uint8Array(bytes));
  if (poolUsed + bytes > pool.length) {
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  poolUsed += bytes;
  return pool.subarray(poolUsed - bytes, poolUsed);
}

const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Base 64 for URLs, without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0x3fff;
    for (bits += 8; bits >= 6; bits -= 6) text += base64Url.charAt((value >> (bits - 6)) & 63);
  }
  return bits === 0 ? text : text + base64Url.charAt((value << (6 - bits)) & 63);
}

/** Ids from the platform's cryptographic random source; works in Node and in browsers. */
export const systemIds: Ids = {
  next(kind) {
    return `${idKinds[kind]}_${encodeCrockford(uuidV7Bytes(Date.now(), nextRandom(uuidRandomBytes)))}`;
  },
  secret(bytes) {
    const random = nextRandom(bytes);
    const text = encodeBase64Url(random);
    random.fill(0);
    return text;
  },
};
