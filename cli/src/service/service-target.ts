import { join } from 'node:path';
import {
  launchdPlist,
  type ServiceFacts,
  serviceName,
  systemdUnit,
  windowsTask,
} from './service-units.ts';

export type ServiceKind = 'systemd-system' | 'systemd-user' | 'launchd' | 'schtasks';

export interface Step {
  file: string;
  args: readonly string[];
  /** What this output must be for the step to count; left out, exit code 0 counts. */
  expects?: RegExp;
}

/** One way to run a service: what is written where, what is run, and how its effect is seen. */
export interface ServiceTarget {
  kind: ServiceKind;
  path: string;
  text: string;
  encoding: 'utf8' | 'utf16le';
  /** Must all hold before anything is done; `fix` says how to make them hold. */
  needs: readonly (Step & { fix: string })[];
  /** Checks the text where the system has a tool for that. */
  verify: readonly Step[];
  install: readonly Step[];
  /** Whether it runs, and would after a logout or a restart. */
  prove: readonly (Step & { fix: string })[];
  uninstall: readonly Step[];
  status: Step;
}

export interface TargetFacts {
  platform: NodeJS.Platform;
  scope: 'system' | 'user';
  homeDir: string;
  userName: string;
  uid: number | null;
  service: ServiceFacts;
}

/** @returns null for a system whose services are not known here. */
export function chooseTarget(facts: TargetFacts): ServiceTarget | null {
  if (facts.platform === 'linux') return systemdTarget(facts);
  if (facts.platform === 'darwin') return launchdTarget(facts);
  return facts.platform === 'win32' ? windowsTarget(facts) : null;
}

/** What systemd does not understand it ignores, and names the unit. */
const silent = /^(?![^]*node3-agent\.service)/;

function systemdTarget({ homeDir, scope, service, userName }: TargetFacts): ServiceTarget {
  const unit = `${serviceName}.service`;
  const isUser = scope === 'user';
  const flags = isUser ? ['--user'] : [];
  const folder = isUser ? join(homeDir, '.config/systemd/user') : '/etc/systemd/system';
  const path = join(folder, unit);
  const systemctl = (...args: string[]) => ({ file: 'systemctl', args: [...flags, ...args] });
  const linger = {
    file: 'loginctl',
    args: ['show-user', userName, '--property=Linger', '--value'],
    expects: /^yes$/,
    fix: `sudo loginctl enable-linger ${userName}   (without it the agent stops at logout)`,
  };
  const running = {
    ...systemctl('show-environment'),
    fix: isUser
      ? 'Log in as that user, not by su or sudo; or install a system unit: --system'
      : 'Run it as root on a machine that systemd has started: sudo node3 agent service install --system',
  };
  return {
    kind: isUser ? 'systemd-user' : 'systemd-system',
    path,
    text: systemdUnit(service),
    encoding: 'utf8',
    needs: isUser ? [running, linger] : [running],
    verify: [{ file: 'systemd-analyze', args: [...flags, 'verify', path], expects: silent }],
    install: [systemctl('daemon-reload'), systemctl('enable', '--now', unit)],
    prove: [
      { ...systemctl('is-enabled', unit), expects: /^enabled$/, fix: 'journalctl -u node3-agent' },
      {
        ...systemctl('is-active', unit),
        expects: /^active$/,
        fix: 'journalctl -u node3-agent -n 50',
      },
      ...(isUser ? [linger] : []),
    ],
    uninstall: [systemctl('disable', '--now', unit)],
    status: systemctl('status', '--no-pager', unit),
  };
}

function launchdTarget({ homeDir, service, uid }: TargetFacts): ServiceTarget {
  const path = join(homeDir, 'Library/LaunchAgents', `${serviceName}.plist`);
  const domain = `gui/${uid ?? 0}`;
  const launchctl = (...args: string[]) => ({ file: 'launchctl', args });
  const print = launchctl('print', `${domain}/${serviceName}`);
  return {
    kind: 'launchd',
    path,
    text: launchdPlist(service),
    encoding: 'utf8',
    needs: [{ ...launchctl('print', domain), fix: 'Log in at the screen of this Mac first.' }],
    verify: [{ file: 'plutil', args: ['-lint', path] }],
    install: [launchctl('bootstrap', domain, path)],
    prove: [
      { ...print, expects: /state = running/, fix: `tail ${service.folder}/${serviceName}.log` },
    ],
    uninstall: [launchctl('bootout', `${domain}/${serviceName}`)],
    status: print,
  };
}

function windowsTarget({ service }: TargetFacts): ServiceTarget {
  const path = join(service.folder, `${serviceName}.xml`);
  const schtasks = (...args: string[]) => ({ file: 'schtasks', args });
  const query = schtasks('/Query', '/TN', serviceName, '/FO', 'LIST');
  return {
    kind: 'schtasks',
    path,
    text: windowsTask(service),
    encoding: 'utf16le',
    needs: [],
    verify: [],
    install: [
      schtasks('/Create', '/F', '/TN', serviceName, '/XML', path),
      schtasks('/Run', '/TN', serviceName),
    ],
    prove: [{ ...query, fix: 'Look for node3-agent in the Task Scheduler.' }],
    uninstall: [
      schtasks('/End', '/TN', serviceName),
      schtasks('/Delete', '/F', '/TN', serviceName),
    ],
    status: query,
  };
}
