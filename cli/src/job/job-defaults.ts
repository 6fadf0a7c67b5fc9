import type { Context } from '../context.ts';
import { findSetting } from '../settings/find-setting.ts';
import type { SettingName } from '../settings/setting-table.ts';

/** The options of a job that a setting stands for. */
export interface SettableOptions {
  gpu?: string;
  image?: string;
  timeout?: string;
  queueTimeout?: string;
  region?: string;
  maxCost?: string;
  isolation?: string;
}

const settable = [
  ['gpu', 'gpu'],
  ['image', 'image'],
  ['timeout', 'timeout'],
  ['queueTimeout', 'queue-timeout'],
  ['region', 'region'],
  ['maxCost', 'max-cost'],
] as const satisfies readonly (readonly [keyof SettableOptions, SettingName])[];

export interface WithDefaults<O> {
  options: O;
  /** One line for each source, such as `node3.toml: gpu 24GB.., timeout 5m`. */
  said: string[];
}

/**
 * The options with what the settings say where nothing was typed. `none` takes a setting away for one
 * job; a job without a container has no image, whatever they say.
 */
export function withJobDefaults<O extends SettableOptions>(
  { sources }: Context,
  typed: O,
): WithDefaults<O> {
  const options = { ...typed };
  const bySource = new Map<string, string[]>();
  for (const [option, setting] of settable) {
    if (option === 'image' && typed.isolation === 'native') continue;
    if (options[option] === undefined) {
      const { source, value } = findSetting(setting, sources);
      if (value === null || source === null) continue;
      options[option] = value;
      bySource.set(source, [...(bySource.get(source) ?? []), `${setting} ${value}`]);
    }
    if (options[option] === 'none') delete options[option];
  }
  const said = [...bySource].map(([source, words]) => `${source}: ${words.join(', ')}`);
  return { options, said };
}
