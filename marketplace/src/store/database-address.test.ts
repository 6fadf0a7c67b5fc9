import { describe, expect, it } from 'vitest';
import { describeAddress, parseDatabaseAddress } from './database-address.ts';

describe('the address of a database', () => {
  it.each([
    ['sqlite:////var/lib/market.db', '/var/lib/market.db'],
    ['sqlite:///./market.db', './market.db'],
    ['sqlite+aiosqlite:///./market.db', './market.db'],
    ['sqlite:market.db', 'market.db'],
    ['SQLite:///market.db', 'market.db'],
    ['file:/var/lib/market.db', '/var/lib/market.db'],
    ['./data/market.db', './data/market.db'],
  ])('%s is a file', (text, path) => {
    expect(parseDatabaseAddress(text)).toEqual({ engine: 'sqlite', path });
  });

  it.each([
    'postgresql://market:p%40ss@db:5432/market?sslmode=verify-full',
    'postgres://market:p%40ss@db:5432/market?sslmode=verify-full',
    'postgresql+asyncpg://market:p%40ss@db:5432/market?sslmode=verify-full',
    'postgresql+psycopg2://market:p%40ss@db:5432/market?sslmode=verify-full',
  ])('%s is a server', (text) => {
    const url = 'postgresql://market:p%40ss@db:5432/market?sslmode=verify-full';
    const address = parseDatabaseAddress(text);
    expect(address).toEqual({ engine: 'postgres', url });
    expect(describeAddress(address)).toBe('PostgreSQL market@db:5432/market');
  });

  it('may be the socket of a server on this machine', () => {
    const address = parseDatabaseAddress('postgresql:///market?host=/run/postgresql');
    expect(describeAddress(address)).toBe('PostgreSQL /run/postgresql/market');
  });

  it.each([
    ['mysql://root:hunter2@db/market', 'names "mysql"'],
    ['mongodb+srv://root:hunter2@db/market', 'names "mongodb"'],
    ['postgresql://root:hunter2@db', 'names no database'],
    ['postgresql://root:hunter2@db:port/market', 'is not a URL'],
    ['postgresql:hunter2', 'is not a URL'],
    ['sqlite://', 'names no file'],
    ['sqlite:///:memory:', 'names no file'],
    ['sqlite:', 'names no file'],
  ])('%s is refused, without its password', (text, why) => {
    const parse = () => parseDatabaseAddress(text);
    expect(parse).toThrow(why);
    expect(parse).not.toThrow('hunter2');
  });
});
