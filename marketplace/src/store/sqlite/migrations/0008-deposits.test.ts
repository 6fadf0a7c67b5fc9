import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { type Migration, migrations } from './index.ts';

it('keeps every deposit the ledger has booked, so that none is booked again', () => {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  db.defaultSafeIntegers(true);
  const apply = (migration: Migration) => {
    db.exec(migration.sql);
    migration.fill?.(db);
  };
  // As the first version left it.
  for (const migration of migrations.slice(0, 2)) apply(migration);
  db.exec(`
    INSERT INTO accounts VALUES ('acc_1', 'w', NULL, 0);
    INSERT INTO deposits VALUES ('both', 'acc_1', '[["SOL","5"],["USDC","9223372036854775807"]]', 10);
    INSERT INTO deposits VALUES ('fund', 'acc_1', '[["SOL","3"]]', 20);
    INSERT INTO transfers (transfer_id, debit, credit, asset, amount, kind, ref, at_ms) VALUES
      ('dep:both:SOL', 'chain:treasury', 'user:acc_1:available', 'SOL', 5, 'deposit', 'both', 10),
      ('dep:both:USDC', 'chain:treasury', 'user:acc_1:available', 'USDC', 9223372036854775807, 'deposit', 'both', 10),
      ('hold:j', 'user:acc_1:available', 'held:j', 'SOL', 1, 'hold', 'j', 11),
      ('dep:air:wallet', 'chain:treasury', 'operator:capital', 'SOL', 7, 'deposit', 'air', 12),
      ('dep:fund:capital', 'chain:treasury', 'operator:capital', 'SOL', 2, 'deposit', 'fund', 20),
      ('dep:fund:SOL', 'chain:treasury', 'user:acc_1:available', 'SOL', 3, 'deposit', 'fund', 20);`);
  for (const migration of migrations.slice(2)) apply(migration);
  const rows = db
    .prepare(
      'SELECT signature, asset, amount, route, account_id, seen_at_ms FROM deposits ORDER BY entry',
    )
    .raw()
    .all();
  expect(rows).toEqual([
    ['both', 'SOL', 5n, 'claim', 'acc_1', 10n],
    ['both', 'USDC', 9223372036854775807n, 'claim', 'acc_1', 10n],
    ['air', 'SOL', 7n, 'faucet', null, 12n],
    ['fund', 'SOL', 5n, 'claim', 'acc_1', 20n],
  ]);
  db.close();
});
