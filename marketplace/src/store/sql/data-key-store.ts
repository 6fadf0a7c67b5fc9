import type { DataKeyStore } from '../data-key-store.ts';
import type { Database } from './database.ts';

interface DataKeyRecord {
  key_id: string;
  wrapped_by: string;
  wrapped: string;
  created_at_ms: bigint;
}

const selectAll = 'SELECT * FROM data_keys ORDER BY created_at_ms, key_id';
const insertKey = `
  INSERT INTO data_keys (key_id, wrapped_by, wrapped, created_at_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const rewrapKey = 'UPDATE data_keys SET wrapped_by = ?, wrapped = ? WHERE key_id = ?';

export function createDataKeyStore(database: Database): DataKeyStore {
  return {
    dataKeys() {
      return database.read(function* (tx) {
        const found = yield* tx.all<DataKeyRecord>(selectAll);
        return found.map((record) => ({
          keyId: record.key_id,
          wrappedBy: record.wrapped_by,
          wrapped: record.wrapped,
          createdAtMs: Number(record.created_at_ms),
        }));
      });
    },
    addDataKey({ keyId, wrappedBy, wrapped, createdAtMs }) {
      return database.write(function* (tx) {
        yield* tx.run(insertKey, keyId, wrappedBy, wrapped, createdAtMs);
      });
    },
    rewrapDataKey(keyId, { wrappedBy, wrapped }) {
      return database.write(function* (tx) {
        yield* tx.run(rewrapKey, wrappedBy, wrapped, keyId);
      });
    },
  };
}
