import { limits } from '@node3/shared/limits';
import { DatabaseAway, tooMany } from './database-errors.ts';
import type { PostgresConnection } from './postgres-connection.ts';

export interface ConnectionPool {
  /** Runs `use` on a connection that nobody else has. Throws `DatabaseAway` when none is free in time, STORE_UNAVAILABLE when too many wait. */
  use<T>(until: number, use: (connection: PostgresConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Waiting {
  until: number;
  resolve(place: PostgresConnection | null): void;
  reject(error: Error): void;
}

/**
 * A few connections that are opened when they are needed and kept. Ours instead of `pg`'s own,
 * because a connection here keeps what it has prepared, and a waiting user has its own deadline.
 */
export function createConnectionPool(options: {
  connectionsMax: number;
  connect(): Promise<PostgresConnection>;
}): ConnectionPool {
  const idle: PostgresConnection[] = [];
  const waiting: Waiting[] = [];
  const inUse = new Set<Promise<unknown>>();
  let places = options.connectionsMax;
  let isClosed = false;

  /** null: a place for a new one. */
  function take(until: number): Promise<PostgresConnection | null> | PostgresConnection | null {
    if (isClosed) throw new DatabaseAway('the store is closed');
    for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
      if (found.isUsable) return found;
      places += 1;
    }
    if (places > 0) {
      places -= 1;
      return null;
    }
    dropLate();
    if (waiting.length >= limits.storeReadsWaiting) throw tooMany('reads');
    return new Promise((resolve, reject) => {
      waiting.push({ until, resolve, reject });
    });
  }

  function giveBack(connection: PostgresConnection | null): void {
    const usable = connection?.isUsable === true ? connection : null;
    dropLate();
    const next = waiting.shift();
    if (next !== undefined) {
      next.resolve(usable);
    } else if (usable === null) {
      places += 1;
    } else if (isClosed) {
      usable.close();
    } else {
      idle.push(usable);
    }
  }

  /** The oldest come first. */
  function dropLate(): void {
    const nowMs = performance.now();
    const inTime = waiting.findIndex(({ until }) => nowMs < until);
    const late = waiting.splice(0, inTime < 0 ? waiting.length : inTime);
    for (const one of late) one.reject(new DatabaseAway('no connection was free in time'));
  }

  async function run<T>(until: number, use: (connection: PostgresConnection) => Promise<T>) {
    let connection = await take(until);
    try {
      connection ??= await options.connect();
      return await use(connection);
    } finally {
      giveBack(connection);
    }
  }

  return {
    async use(until, use) {
      const running = run(until, use);
      inUse.add(running);
      try {
        return await running;
      } finally {
        inUse.delete(running);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(inUse);
      for (const connection of idle.splice(0)) connection.close();
    },
  };
}
