/** A row as its columns in order: bigint for whole numbers, bytes for blobs, null for nothing. */
export type Row = readonly unknown[];

/** A database that is read, all of it at one moment. */
export interface RowSource {
  /** Version of its schema: rows go between equal ones only. */
  schemaVersion: number;
  /** Columns that are stored, by table; what is computed from them is left out. */
  columns: ReadonlyMap<string, readonly string[]>;
  /** All rows of a table, some at a time, so that none but those lie in memory. */
  rows(table: string): AsyncIterable<Row[]>;
  close(): Promise<void>;
}

/** A database that is written, all of it or nothing. */
export interface RowTarget {
  columns: ReadonlyMap<string, readonly string[]>;
  insert(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void>;
  /** Proves that everything refers to what is there, and makes it durable. */
  finish(): Promise<void>;
  /** Undoes everything, if it was not finished. */
  close(): Promise<void>;
}

/** What belongs to an engine or to processes that ran, and means nothing elsewhere. */
const notMoved = new Set([
  'schema_migrations',
  'writer_commits',
  'payout_lease',
  'worker_leases',
  'replicas',
  'agent_homes',
]);

/** Rows in one step at most, and about how many bytes of text and blobs. */
const stepMax = { rows: 500, bytes: 4 * 1024 * 1024 };

/** @returns how many rows there were. */
export async function copyRows(
  source: RowSource,
  target: RowTarget,
  onTable: (table: string, rows: number) => void,
): Promise<number> {
  let copied = 0;
  for (const [table, columns] of source.columns) {
    if (notMoved.has(table)) continue;
    const known = target.columns.get(table);
    if (known === undefined || columns.some((column) => !known.includes(column))) {
      throw new Error(`The table ${table} is not the same on both sides.`);
    }
    let rows = 0;
    for await (const some of source.rows(table)) {
      await target.insert(table, columns, some);
      rows += some.length;
    }
    copied += rows;
    onTable(table, rows);
  }
  return copied;
}

/** Gathers rows into steps. */
export class Steps {
  #rows: Row[] = [];
  #bytes = 0;

  /** @returns a step that is full, or null. */
  add(row: Row): Row[] | null {
    this.#rows.push(row);
    this.#bytes += row.reduce<number>((sum, value) => sum + sizeOf(value), 0);
    const isFull = this.#rows.length >= stepMax.rows || this.#bytes >= stepMax.bytes;
    return isFull ? this.rest() : null;
  }

  rest(): Row[] {
    const step = this.#rows;
    this.#rows = [];
    this.#bytes = 0;
    return step;
  }
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
}
