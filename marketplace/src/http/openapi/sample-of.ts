/** The parts of JSON Schema that contracts use. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minimum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

/** How much of an object a sample has: all of it, or what has to be there. */
export type Extent = 'all' | 'required';

/** Words for fields whose name says more than their schema. */
const byName: Record<string, unknown> = {
  name: 'train-resnet',
  code: 'print("hello")',
  image: 'docker.io/library/python:3.12-slim',
  cron: '30 2 * * *',
  timezone: 'Europe/Berlin',
  url: 'https://example.com/hooks/node3',
  path: '/outputs/model.bin',
  version: '1.0.0',
  detail: 'What happened, in a sentence.',
  text: 'epoch 1 of 10',
};

const ulid = '01M8BAHE4NEX5860C7BXW3SG3K';

/** Strings of every form that a pattern of ours asks for; the first that fits is taken. */
const forms = [
  'example',
  '0.001',
  '7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2',
  '2026-11-26T02:30:00.000Z',
  '2026-11-26',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'https://example.com/hooks/node3',
  '/outputs/model.bin',
  'claim-0000000000000001',
  'eu-west-1',
  'example.com',
  'rtx-4090',
  'job.ended',
  '8.9',
  '4711',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'A'.repeat(43),
  'A'.repeat(64),
  'A'.repeat(88),
];

/** @returns a value that fits the schema, the same each time. */
export function sampleOf(schema: Schema, extent: Extent, name = ''): unknown {
  const { examples, anyOf, oneOf } = schema;
  if (examples !== undefined && examples.length > 0) return examples[0];
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if ('default' in schema) return schema.default;
  const [branch] = oneOf ?? anyOf ?? [];
  if (branch !== undefined) return sampleOf(branch, extent, name);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type ?? '') {
    case 'object':
      return objectOf(schema, extent);
    case 'array':
      return arrayOf(schema, extent, name);
    case 'string':
      return stringOf(schema, name);
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

function objectOf({ properties = {}, required = [] }: Schema, extent: Extent) {
  const shown = Object.entries(properties).filter(
    ([name]) => extent === 'all' || required.includes(name),
  );
  return Object.fromEntries(shown.map(([name, part]) => [name, sampleOf(part, extent, name)]));
}

function arrayOf({ items, minItems = 0 }: Schema, extent: Extent, name: string): unknown[] {
  if (items === undefined || (extent === 'required' && minItems === 0)) return [];
  return Array.from({ length: Math.max(1, minItems) }, () => sampleOf(items, extent, name));
}

function stringOf(schema: Schema, name: string): string {
  if (schema.format === 'date-time') return '2026-11-26T02:30:00.000Z';
  const kind = /^\^([a-z]{3})_\[0-9A-HJKMNP-TV-Z\]\{26\}\$$/.exec(schema.pattern ?? '')?.[1];
  if (kind !== undefined) return `${kind}_${ulid}`;
  const named = byName[name];
  const fitting = [...(typeof named === 'string' ? [named] : []), ...forms];
  return fitting.find((text) => fits(schema, text)) ?? 'x'.repeat(schema.minLength ?? 1);
}

function fits({ pattern, minLength = 0, maxLength = Infinity }: Schema, text: string): boolean {
  if (text.length < minLength || text.length > maxLength) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(text);
}
