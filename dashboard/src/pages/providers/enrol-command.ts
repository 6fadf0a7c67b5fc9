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
  if (system === 'windows') {
    const quoted = settings.map(([key, value]) => `$env:${key}='${value.replaceAll("'", "''")}'`);
    return `${quoted.join('; ')}; npx node3 agent start`;
  }
  const given = settings.map(([key, value]) => `${key}=${shellQuote(value)}`);
  return `${given.join(' ')} npx node3 agent start`;
}

/** Whether the API takes it as the name of an agent: one line of at most 64 characters. */
export function isAgentName(name: string): boolean {
  return /^[^\p{Cc}]{1,64}$/u.test(name) && name.trim() === name;
}
