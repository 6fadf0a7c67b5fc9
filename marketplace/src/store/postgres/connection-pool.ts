import { DatabaseAway } from './database-errors.ts';
import type { PostgresConnection } from './postgres-connection.ts';

export interface ConnectionPool {
  /** Runs `use` on a connection that nobody else has. Throws `DatabaseAway` when none is free in time. */
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
    return new Promise((resolve, reject) => {
      waiting.push({ until, resolve, reject });
    });
  }

  function giveBack(connection: PostgresConnection | null): void {
    const usable = connection?.isUsable === true ? connection : null;
    const next = nextWaiting();
    if (next !== null) {
      next.resolve(usable);
    } else if (usable === null) {
      places += 1;
    } else if (isClosed) {
      usable.close();
    } else {
      idle.push(usable);
    }
  }

  function nextWaiting(): Waiting | null {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (performance.now() < next.until) return next;
      next.reject(new DatabaseAway('no connection was free in time'));
    }
    return null;
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
