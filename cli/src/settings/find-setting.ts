import type { Env } from '@node3/shared/env';
import type { ProjectFile } from './project-file.ts';
import { type SettingName, settingTable } from './setting-table.ts';

export type Origin = 'flag' | 'environment' | 'project' | 'profile' | 'default';

/** A value, and where it came from. */
export interface Found {
  /** null where nothing says it and there is no default. */
  value: string | null;
  origin: Origin;
  /** The flag, variable, file or profile; null for a default. */
  source: string | null;
}

/** Everything that may say something, read once. */
export interface Sources {
  flags: Partial<Record<SettingName, { flag: string; value: string }>>;
  env: Env;
  project: ProjectFile | null;
  profile: {
    /** As it is shown, such as `profile work`. */
    label: string;
    /** Whether this command was told which: such a profile goes before the project's file. */
    chosen: 'here' | 'before';
    values: Partial<Record<SettingName, string>>;
  };
  defaults: Partial<Record<SettingName, string>>;
}

/**
 * Flag, variable, project, profile, default: the first that says something. What a person pays at most is
 * no project's to raise: there the profile goes first.
 */
export function findSetting(name: SettingName, sources: Sources): Found {
  const { env, flags, profile, project, defaults } = sources;
  const flag = flags[name];
  if (flag !== undefined) return { value: flag.value, origin: 'flag', source: flag.flag };
  const variable = settingTable[name].variables.find((one) => env[one]?.trim());
  if (variable !== undefined) {
    return { value: env[variable]?.trim() ?? null, origin: 'environment', source: variable };
  }
  const ofProject = found('project', project?.values[name], project?.path);
  const ofProfile = found('profile', profile.values[name], profile.label);
  const isOwners = profile.chosen === 'here' || name === 'max-cost';
  const first = isOwners ? ofProfile : ofProject;
  return (
    first ??
    ofProject ??
    ofProfile ?? { value: defaults[name] ?? null, origin: 'default', source: null }
  );
}

function found(
  origin: Origin,
  value: string | undefined,
  source: string | undefined,
): Found | null {
  return value === undefined || source === undefined ? null : { value, origin, source };
}
