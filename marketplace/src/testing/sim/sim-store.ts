import type { Store } from '../../store/store.ts';
import { SimCrash } from './sim-crash.ts';

export interface StoreLife {
  readonly dead: boolean;
  /** The process may die here; then this throws. */
  reach(boundary: string): void;
}

/** Not part of what a process does while it lives. */
const unguarded = new Set<string | symbol>(['close', 'onEvents']);
/** What only reads has nothing behind it that a crash could lose. */
const reading =
  /^(job|jobs|agent|agents|account|execution|executions|payout|payouts|live|list|count|events|last|due|open|own|ledger|queued|overdue|posted|read|quote|reclaimable|signed|unresolved|verify|audit)/;

/**
 * The store as the process sees it: dead processes get no answers, and a process may die between a
 * commit and whatever it would have said about it.
 */
export function guardSimStore(store: Store, life: StoreLife): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || typeof name === 'symbol' || unguarded.has(name)) {
        return method;
      }
      return async (...parameters: unknown[]): Promise<unknown> => {
        if (life.dead) throw new SimCrash('the process is gone');
        const result: unknown = await Reflect.apply(method, target, parameters);
        if (life.dead) throw new SimCrash('the process is gone');
        if (!reading.test(name)) life.reach(`after ${name}`);
        return result;
      };
    },
  });
}
