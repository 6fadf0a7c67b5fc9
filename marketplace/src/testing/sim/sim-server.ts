import type { EventBus } from '../../live/event-bus.ts';
import type { EventRow } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';
import type { Owner } from './owner.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Parts {
  time: VirtualTime;
  owner: Owner;
  /** How long an answer of the database is on its way, milliseconds. */
  latencyMs: () => number;
}

type Listener = (events: EventRow[]) => void;

/**
 * A store in a process of its own: what it is asked it does in nobody's name, so that it goes on when
 * who asked dies, and each answer arrives as an event of who asked.
 */
export function remoteStore(store: Store, { time, owner, latencyMs }: Parts): Store {
  const arrival = () =>
    new Promise<void>((resolve) => {
      time.after(latencyMs(), resolve, owner);
    });
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'close') return method;
      if (name === 'onEvents') {
        return (listener: Listener) =>
          target.onEvents((events) => as(time, owner, () => listener(events)));
      }
      return async (...parameters: unknown[]): Promise<unknown> => {
        const asked = as(time, time.world, () =>
          Promise.resolve(Reflect.apply(method, target, parameters)),
        );
        const [answer] = await Promise.allSettled([asked]);
        await arrival();
        if (answer.status === 'rejected') throw answer.reason;
        return answer.value;
      };
    },
  });
}

/** Hints arrive as events of who listens. */
export function remoteBus(bus: EventBus, { time, owner, latencyMs }: Parts): EventBus {
  return {
    tell: (hint) => bus.tell(hint),
    listen: (listener) =>
      bus.listen((hint) => {
        time.after(latencyMs(), () => listener(hint), owner);
      }),
    close: () => bus.close(),
  };
}

function as<T>(time: VirtualTime, owner: Owner, act: () => T): T {
  const before = time.current;
  time.become(owner);
  try {
    return act();
  } finally {
    time.become(before);
  }
}
