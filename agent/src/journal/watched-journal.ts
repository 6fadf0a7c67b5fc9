import type { Journal } from './journal.ts';

/**
 * The same journal, but every error of it is told before it is thrown on: callers may retry their
 * own work, yet after a failed write nobody knows what is on disk, and the process has to end.
 */
export function watchJournal(journal: Journal, onError: (error: unknown) => void): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        try {
          return Reflect.apply(member, target, args);
        } catch (error) {
          onError(error);
          throw error;
        }
      };
    },
  });
}
