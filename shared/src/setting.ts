import type { Env } from './env.ts';

/** What can be set about a service, as its reference and example file say it. */
export interface Setting {
  /** The environment variable. */
  name: string;
  /** One sentence: what it does, in which unit. */
  about: string;
  /** What holds when it is not set, in the variable's own spelling; null when nothing does. */
  fallback: string | null;
  /** What stands in the example file instead, where the fallback is no good example. */
  example?: string;
}

/** Settings that belong together, in the order in which a reader wants them. */
export interface SettingGroup {
  title: string;
  settings: readonly Setting[];
}

/** @returns the names of all variables that `read` looks at, each once, in alphabetical order. */
export function namesRead(read: (env: Env) => unknown, env: Env): string[] {
  const names = new Set<string>();
  const watched = new Proxy(env, {
    get(target, name) {
      if (typeof name === 'string') names.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  read(watched);
  return [...names].toSorted();
}
