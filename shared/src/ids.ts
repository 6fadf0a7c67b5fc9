/**
 * Ids are a three-letter kind, an underscore and a UUIDv7 in Crockford base 32 (26 characters),
 * so they sort by creation time and can't be mistaken for one another.
 */
export const idKinds = {
  account: 'acc',
  agent: 'agt',
  apiKey: 'key',
  artifact: 'art',
  batch: 'bat',
  challenge: 'chl',
  execution: 'exe',
  intent: 'int',
  job: 'job',
  payout: 'pay',
  quote: 'quo',
  registrationToken: 'reg',
  reservation: 'rsv',
  schedule: 'sch',
  template: 'tpl',
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

/** Asking the random source costs more than all the rest of an id: it is asked for many at once. */
const pool = new Uint8Array(10 * 256);
let poolUsed = pool.length;

function nextRandom(): Uint8Array {
  if (poolUsed === pool.length) {
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  poolUsed += 10;
  return pool.subarray(poolUsed - 10, poolUsed);
}

/** Ids from the platform's cryptographic random source; works in Node and in browsers. */
export const systemIds: Ids = {
  next(kind) {
    return `${idKinds[kind]}_${encodeCrockford(uuidV7Bytes(Date.now(), nextRandom()))}`;
  },
  secret(bytes) {
    const random = crypto.getRandomValues(new Uint8Array(bytes));
    return btoa(String.fromCharCode(...random))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  },
};
