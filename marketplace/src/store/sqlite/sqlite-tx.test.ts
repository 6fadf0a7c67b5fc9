import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { Tx, Work } from '../sql/work.ts';
import { SqliteTx } from './sqlite-tx.ts';

function newTx(): SqliteTx {
  const db = new Database(':memory:');
  db.defaultSafeIntegers(true);
  db.exec('CREATE TABLE things (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT');
  return new SqliteTx(db, () => undefined);
}

const insertThing = 'INSERT INTO things (name) VALUES (?)';

it('answers each shape of a statement', () => {
  const tx = newTx();
  expect(tx.finish(tx.insert('number', insertThing, [['a'], ['b']]))).toEqual([1, 2]);
  expect(tx.finish(tx.get('SELECT * FROM things WHERE name = ?', 'b'))).toEqual({
    number: 2n,
    name: 'b',
  });
  expect(tx.finish(tx.get('SELECT * FROM things WHERE name = @name', { name: 'c' }))).toBe(
    undefined,
  );
  expect(tx.finish(tx.table('SELECT number, name FROM things'))).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
  expect(tx.finish(tx.run('DELETE FROM things'))).toBe(2);
  expect(tx.finish(tx.all('SELECT * FROM things'))).toEqual([]);
});

it('refuses a statement without yield*, before the next and at the end', () => {
  const tx = newTx();
  expect(() => tx.finish(forgetful(tx))).toThrow('without yield*');
  tx.run(insertThing, 'a');
  expect(() => tx.finish(nothing())).toThrow('without yield*');
  expect(tx.finish(tx.get('SELECT 1 AS one'))).toEqual({ one: 1n });
});

function* forgetful(tx: Tx): Work<number> {
  tx.run(insertThing, 'a');
  return yield* tx.run(insertThing, 'b');
}

function* nothing(): Work<void> {}
