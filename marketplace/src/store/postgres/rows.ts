import type { FieldDef } from 'pg';

/** How a column's text becomes a value. */
type Read = (text: string) => unknown;

export interface Column {
  name: string;
  read: Read;
  /** Integers as numbers, for rows as arrays. */
  readPlain: Read;
}

const asIs: Read = (text) => text;
const integer = { read: BigInt as Read, readPlain: Number };
/** As in SQLite, what is true or false is 1 or 0. */
const truth = {
  read: (text: string) => (text === 't' ? 1n : 0n),
  readPlain: (text: string) => (text === 't' ? 1 : 0),
};
/** A sum of BIGINT: whole unless the statement divides. */
const numeric = {
  read: (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text)),
  readPlain: Number,
};
const float = { read: Number, readPlain: Number };
const bytes: Read = (text) => Buffer.from(text.slice(2), 'hex');

/** By PostgreSQL's numbers of types; anything else is text. */
const readers: Readonly<Record<number, { read: Read; readPlain: Read }>> = {
  16: truth,
  17: { read: bytes, readPlain: bytes },
  20: integer,
  21: integer,
  23: integer,
  700: float,
  701: float,
  1700: numeric,
};

export function columnsOf(fields: readonly FieldDef[]): Column[] {
  return fields.map(({ name, dataTypeID }) => ({
    name,
    ...(readers[dataTypeID] ?? { read: asIs, readPlain: asIs }),
  }));
}

/** `values`: the columns of one row as the server wrote them. */
export function toRecord(columns: readonly Column[], values: readonly (string | null)[]): unknown {
  const record: Record<string, unknown> = {};
  for (const [index, { name, read }] of columns.entries()) {
    const text = values[index] ?? null;
    record[name] = text === null ? null : read(text);
  }
  return record;
}

export function toArray(columns: readonly Column[], values: readonly (string | null)[]): unknown {
  return columns.map(({ readPlain }, index) => {
    const text = values[index] ?? null;
    return text === null ? null : readPlain(text);
  });
}
