import { type Chance, pick } from './valid-value.ts';

/** Text in the place of a value: what JSON can say and JavaScript can't write. */
class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const deep = '['.repeat(5_000) + ']'.repeat(5_000);

/** What programs trip over, whatever they asked for. */
const nasty: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  0.5,
  -0,
  Number.MAX_SAFE_INTEGER,
  2 ** 53 + 2,
  1e308,
  new RawJson('1e999'),
  new RawJson('-1e-999'),
  new RawJson('123456789012345678901234567890'),
  new RawJson(deep),
  new RawJson('{"a":1,"a":2}'),
  new RawJson('{"__proto__":{"isAdmin":true}}'),
  new RawJson('{"constructor":{"prototype":{"x":1}}}'),
  'x'.repeat(20_000),
  'é😀\u202e'.repeat(50),
  '\u0000',
  'a\r\nx-injected: 1',
  '\ud800',
  '../../etc/passwd',
  "' OR 1=1; --",
  '${jndi:ldap://127.0.0.1/a}',
  '<script>alert(1)</script>',
  '{{x}}',
  '9'.repeat(60),
  '-1',
  '1e5',
  'NaN',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.001Z',
  [],
  {},
  [null],
  Array.from({ length: 3_000 }, () => 0),
  Array.from({ length: 300 }, () => ({})),
];

/** The value with one to three places changed, removed or added. */
export function mutatedValue(value: unknown, chance: Chance): unknown {
  const copy: { root: unknown } = { root: structuredClone(value) };
  const times = 1 + Math.floor(chance() * 3);
  for (let i = 0; i < times; i += 1) mutateOnce(copy, chance);
  return copy.root;
}

type Place = [holder: Record<string, unknown>, name: string];

function mutateOnce(copy: { root: unknown }, chance: Chance): void {
  const places = placesIn(copy);
  // The whole value was removed before.
  if (places.length === 0) return;
  const [holder, name] = pick(places, chance);
  const what = chance();
  if (what < 0.15) delete holder[name];
  else if (what < 0.3 && typeof holder[name] === 'object' && holder[name] !== null) {
    const inner = holder[name] as Record<string, unknown>;
    inner[pick(['extra', 'toString', 'hasOwnProperty', 'ïd', '', '/~'], chance)] = 1;
  } else {
    const value = pick(nasty, chance);
    holder[name] = value instanceof RawJson ? value : structuredClone(value);
  }
}

function placesIn(copy: { root: unknown }): Place[] {
  const places: Place[] = [];
  const open: object[] = [copy];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next instanceof RawJson) continue;
    for (const [name, value] of Object.entries(next)) {
      places.push([next as Record<string, unknown>, name]);
      if (typeof value === 'object' && value !== null && places.length < 1_000) open.push(value);
    }
  }
  return places;
}

/** JSON of a value with raw parts; `undefined` where nothing is left. */
export function toJson(value: unknown): string | undefined {
  const raws: string[] = [];
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (!(inner instanceof RawJson)) return inner;
    raws.push(inner.text);
    return `@raw:${raws.length - 1}@`;
  }) as string | undefined;
  return text?.replaceAll(/"@raw:(\d+)@"/g, (_, index: string) => raws[Number(index)] ?? 'null');
}
