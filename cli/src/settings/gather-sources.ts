import type { ConfigFile } from '../config-file.ts';
import type { GlobalOptions } from '../context.ts';
import type { Host } from '../host.ts';
import type { ChosenProfile } from './choose-profile.ts';
import type { Sources } from './find-setting.ts';
import type { ProjectFile } from './project-file.ts';

interface Parts {
  host: Host;
  options: GlobalOptions;
  path: string;
  config: ConfigFile;
  chosen: ChosenProfile;
  project: ProjectFile | null;
}

const urlDefault = 'http://127.0.0.1:8000';

/** Puts side by side everything that may say something of a setting. */
export function gatherSources({ host, options, path, config, chosen, project }: Parts): Sources {
  const { name } = chosen;
  const own = name === null ? null : (config.named[name] ?? null);
  const url = name === null ? config.currentUrl : (own?.url ?? null);
  return {
    flags: flagsOf(options),
    env: host.env,
    project,
    profile: {
      label: name === null ? path : `profile ${name} in ${path}`,
      chosen: chosen.chosen,
      values: {
        ...(name === null ? config.settings : own?.settings),
        ...(url === null ? {} : { url }),
      },
    },
    defaults: {
      url: urlDefault,
      format: host.stdout.isTty ? 'table' : 'tsv',
      'key-store': 'auto',
    },
  };
}

function flagsOf({ format, json, url }: GlobalOptions): Sources['flags'] {
  const ofJson = json === true ? { format: { flag: '--json', value: 'json' } } : {};
  return {
    ...(url === undefined ? {} : { url: { flag: '--url', value: url } }),
    ...(format === undefined ? ofJson : { format: { flag: '--format', value: format } }),
  };
}
