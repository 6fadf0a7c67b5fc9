import type { Store } from '../../../store/store.ts';
import { isWrite, operationOf } from './crash-boundaries.ts';
import { Crash } from './crash-plan.ts';
import type { ProcessLife } from './process-life.ts';

/** Not part of what a process does while it lives. */
const unguarded = new Set<string | symbol>(['close', 'onEvents']);

/** The store as the process sees it, which may die before, inside and after each call. */
export function guardStore(store: Store, life: ProcessLife): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || typeof name === 'symbol' || unguarded.has(name)) {
        return method;
      }
      return async (...parameters: unknown[]): Promise<unknown> => {
        const operation = operationOf(name, parameters);
        life.reach(`before ${operation}`);
        const call = () => Reflect.apply(method, target, parameters) as Promise<unknown>;
        if (isWrite(operation) && life.tears(operation)) {
          // Whatever shares this commit is as unanswered as this call.
          await call().catch(() => undefined);
          life.torn();
          throw new Crash(`torn ${operation}`);
        }
        const result = await call();
        life.reach(`after ${operation}`);
        return result;
      };
    },
  });
}
