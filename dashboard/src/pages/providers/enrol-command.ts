import { shellQuote } from '../../shell-command.ts';

export const systems = ['linux', 'macos', 'windows'] as const;
export type System = (typeof systems)[number];

export interface Enrolment {
  marketplaceUrl: string;
  name: string;
  /** null where the marketplace registers agents without one. */
  token: string | null;
}

/** One line that starts an agent which registers by itself. */
export function enrolCommand(system: System, { marketplaceUrl, name, token }: Enrolment): string {
  const settings: [string, string][] = [
    ['MARKETPLACE_URL', marketplaceUrl],
    ['AGENT_NAME', name],
    ...(token === null ? [] : [['REGISTRATION_TOKEN', token] as [string, string]]),
  ];
  return withSettings(system, settings, 'npx node3 agent start');
}

/** What looks at the machine as the agent would find it. */
export function doctorCommand(system: System, marketplaceUrl: string): string {
  return withSettings(system, [['MARKETPLACE_URL', marketplaceUrl]], 'npx node3 agent doctor');
}

/** What writes the settings of an agent that was started so, and tells how it is made a service. */
export function serviceCommand(
  system: System,
  { marketplaceUrl, name }: Omit<Enrolment, 'token'>,
): string {
  const quote = quoteOf[system];
  return `npx node3 init --provider --url ${quote(marketplaceUrl)} --name ${quote(name)}`;
}

const powerShellQuote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const quoteOf: Record<System, (text: string) => string> = {
  linux: shellQuote,
  macos: shellQuote,
  windows: powerShellQuote,
};

function withSettings(
  system: System,
  settings: readonly [string, string][],
  command: string,
): string {
  const quote = quoteOf[system];
  if (system === 'windows') {
    const quoted = settings.map(([key, value]) => `$env:${key}=${quote(value)}`);
    return `${quoted.join('; ')}; ${command}`;
  }
  const given = settings.map(([key, value]) => `${key}=${quote(value)}`);
  return `${given.join(' ')} ${command}`;
}

/** Whether the API takes it as the name of an agent: one line of at most 64 characters. */
export function isAgentName(name: string): boolean {
  return /^[^\p{Cc}]{1,64}$/u.test(name) && name.trim() === name;
}
