import type { Env } from '@node3/shared/env';

export interface SummaryFacts {
  marketplaceUrl: string;
  agentUrl: string | null;
  rpcUrl: string;
  apiKey: string;
  dataDir: string;
  dashboard: 'built' | 'missing';
}

/** Where everything is. The key travels in the fragment, which no server sees or logs. */
export function formatAddresses(facts: SummaryFacts): string[] {
  const app =
    facts.dashboard === 'built'
      ? `${facts.marketplaceUrl}/#key=${facts.apiKey}`
      : 'not built; run: npm run build';
  return [
    `  web app       ${app}`,
    ...(facts.agentUrl === null ? [] : [`  agent         ${facts.agentUrl}`]),
    `  API docs      ${facts.marketplaceUrl}/docs`,
    `  Solana RPC    ${facts.rpcUrl}`,
    `  data          ${facts.dataDir}`,
  ];
}

/** The commands a newcomer can copy, spelled the way this one was started. */
export function formatNextSteps(env: Env): string[] {
  const command = env['npm_lifecycle_event'] === undefined ? 'node3' : 'npm run node3 --';
  return [
    '  Try in another terminal:',
    `    ${command} run -- echo hello`,
    `    ${command} job list`,
    `    ${command} account show`,
    `    ${command} admin stats`,
    '  Ctrl-C stops everything.',
  ];
}
