import type { Database } from '../sql/database.ts';
import type { Tx } from '../sql/work.ts';

/** Each read runs once up to its second statement, and then again as a whole. */
export function cuttingReads(database: Database): Database {
  const cut = new Error('cut off');
  return {
    write: (work) => database.write(work),
    async read(work) {
      try {
        return await database.read((tx) => work(cutting(tx, cut)));
      } catch (error) {
        if (error !== cut) throw error;
        return database.read(work);
      }
    },
    onEvents: (listener) => database.onEvents(listener),
    backUp: (file) => database.backUp(file),
    get commits() {
      return database.commits;
    },
    close: () => database.close(),
  };
}

function cutting(tx: Tx, cut: Error): Tx {
  let statements = 0;
  return new Proxy(tx, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        statements += 1;
        if (statements === 2) throw cut;
        return Reflect.apply(member, target, args);
      };
    },
  });
}
