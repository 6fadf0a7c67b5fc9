import { memorySettings } from '@node3/agent/memory-settings';

/** What a unit is made of. Paths are absolute. */
export interface ServiceFacts {
  /** The Node.js that runs it. */
  nodePath: string;
  /** The agent's own main file. */
  mainPath: string;
  /** The agent runs in it, and settings that are paths begin there. */
  folder: string;
  /** File with lines NAME=value. */
  environmentFile: string;
  /** A system unit's user; null for a unit of the user itself. */
  user: string | null;
  /** Groups beside the user's own, such as docker. */
  groups: readonly string[];
  drainSec: number;
}

export const serviceName = 'node3-agent';

/** Jobs have their own containers; the agent itself needs no rights beyond its socket and folder. */
export function systemdUnit(facts: ServiceFacts): string {
  const { drainSec, environmentFile, folder, groups, mainPath, nodePath, user } = facts;
  const system = user !== null;
  return [
    '[Unit]',
    'Description=node3 agent: runs jobs for others on this machine',
    ...(system
      ? ['After=network-online.target docker.service', 'Wants=network-online.target']
      : []),
    '',
    '[Service]',
    'Type=simple',
    ...(system ? [`User=${user}`] : []),
    ...(system && groups.length > 0 ? [`SupplementaryGroups=${groups.join(' ')}`] : []),
    `WorkingDirectory=${folder.replaceAll('%', '%%')}`,
    ...Object.entries(memorySettings(folder)).map(
      ([name, value]) => `Environment=${plainQuote(`${name}=${value}`)}`,
    ),
    `EnvironmentFile=-${environmentFile.replaceAll('%', '%%')}`,
    `ExecStart=${quote(nodePath)} ${quote(mainPath)}`,
    'Restart=on-failure',
    'RestartSec=5',
    'KillSignal=SIGTERM',
    'KillMode=mixed',
    `TimeoutStopSec=${drainSec + 30}`,
    'UMask=0077',
    ...(system ? ['NoNewPrivileges=yes', 'ProtectKernelModules=yes', 'ProtectClock=yes'] : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** systemd splits at blanks and replaces what follows % and, in commands, $. */
function quote(text: string): string {
  return plainQuote(text).replaceAll('$', '$$$$');
}

function plainQuote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
}

/** A LaunchAgent of the user: it runs while that user is logged in. */
export function launchdPlist(facts: ServiceFacts): string {
  const { drainSec, environmentFile, folder, mainPath, nodePath } = facts;
  const item = (text: string) => `    <string>${escapeXml(text)}</string>`;
  const key = (name: string, value: string) => `  <key>${name}</key>\n  ${value}`;
  const text = (value: string) => `<string>${escapeXml(value)}</string>`;
  const program = [nodePath, `--env-file-if-exists=${environmentFile}`, mainPath];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    key('Label', text(serviceName)),
    key('ProgramArguments', `<array>\n${program.map(item).join('\n')}\n  </array>`),
    key('WorkingDirectory', text(folder)),
    key('RunAtLoad', '<true/>'),
    key('KeepAlive', '<dict>\n    <key>SuccessfulExit</key>\n    <false/>\n  </dict>'),
    key('ExitTimeOut', `<integer>${drainSec + 30}</integer>`),
    key('StandardOutPath', text(`${folder}/${serviceName}.log`)),
    key('StandardErrorPath', text(`${folder}/${serviceName}.log`)),
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

/** A task that starts at logon and again after a failure; `schtasks /Create /XML` takes it. */
export function windowsTask(facts: ServiceFacts): string {
  const { environmentFile, folder, mainPath, nodePath } = facts;
  const words = `"--env-file-if-exists=${environmentFile}" "${mainPath}"`;
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo><Description>node3 agent</Description></RegistrationInfo>',
    '  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>',
    '  </Settings>',
    '  <Actions>',
    '    <Exec>',
    `      <Command>${escapeXml(nodePath)}</Command>`,
    `      <Arguments>${escapeXml(words)}</Arguments>`,
    `      <WorkingDirectory>${escapeXml(folder)}</WorkingDirectory>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos',
  };
  return text.replace(/[&<>"']/g, (char) => `&${names[char] ?? ''};`);
}
