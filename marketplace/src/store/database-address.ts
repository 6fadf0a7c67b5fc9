/** Which engine keeps the store, and where. */
export type DatabaseAddress =
  | { engine: 'sqlite'; path: string }
  /** With its password: never into a log; `describeAddress` is. */
  | { engine: 'postgres'; url: string };

/** What is wrong with an address, without its secrets, and what to write instead. */
export class DatabaseAddressError extends Error {
  override readonly name = 'DatabaseAddressError';
  readonly fix: string;
  constructor(problem: string, fix: string) {
    super(problem);
    this.fix = fix;
  }
}

const fix =
  'Set sqlite:///path/to/file.db, or postgresql://user:password@host:5432/database; without it a SQLite file in the data folder is used.';

/** What SQLAlchemy puts behind a `+` is how Python reaches the same database. */
const scheme = /^([a-z][a-z0-9]+)(?:\+[a-z0-9]+)?:(.*)$/is;

/**
 * Reads `sqlite:///file`, `sqlite+aiosqlite:///file`, `sqlite:file`, a plain path,
 * `postgresql://…`, `postgres://…` and `postgresql+asyncpg://…`. Throws `DatabaseAddressError`.
 */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const [, engine, rest] = scheme.exec(text) ?? [];
  if (engine === undefined || rest === undefined) return sqliteAt(text);
  const name = engine.toLowerCase();
  if (name === 'sqlite' || name === 'file') return sqliteAt(rest.replace(/^\/\/\//, ''));
  if (name === 'postgres' || name === 'postgresql') return postgresAt(`postgresql:${rest}`);
  throw new DatabaseAddressError(`names "${engine}", which is not a database known here`, fix);
}

function sqliteAt(path: string): DatabaseAddress {
  if (path === '' || path === ':memory:' || path.startsWith('//')) {
    throw new DatabaseAddressError('names no file, and what is in memory only is lost', fix);
  }
  return { engine: 'sqlite', path };
}

function postgresAt(text: string): DatabaseAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !text.startsWith('postgresql://')) {
    throw new DatabaseAddressError(
      'is not a URL; a @, :, / or % in the password is written as %40, %3A, %2F or %25',
      fix,
    );
  }
  if (url.pathname.length < 2) throw new DatabaseAddressError('names no database', fix);
  return { engine: 'postgres', url: text };
}

/** For people and logs: no password, and no parameters, where one may stand too. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.engine === 'sqlite') return `SQLite file ${address.path}`;
  const { username, host, pathname, searchParams } = new URL(address.url);
  const user = username === '' ? '' : `${username}@`;
  return `PostgreSQL ${user}${searchParams.get('host') ?? host}${pathname}`;
}
