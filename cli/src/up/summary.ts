import { dashboardLink } from '@node3/agent/local-token';

export interface SummaryFacts {
  marketplaceUrl: string;
  /** The agent's page and the token that opens it. */
  agent: { url: string; token: string } | null;
  /** null: no gRPC. */
  grpcAddress: string | null;
  rpcUrl: string;
  apiKey: string;
  dataDir: string;
  dashboard: 'built' | 'missing';
}

/** Where everything is. Key and token travel in the fragment, which no server sees or logs. */
export function formatAddresses(facts: SummaryFacts): string[] {
  const app =
    facts.dashboard === 'built'
      ? `${facts.marketplaceUrl}/#key=${facts.apiKey}`
      : 'not built; run: npm run build';
  return [
    `  web app       ${app}`,
    ...(facts.agent === null
      ? []
      : [`  agent         ${dashboardLink(facts.agent.url, facts.agent.token)}`]),
    `  API docs      ${facts.marketplaceUrl}/docs`,
    ...(facts.grpcAddress === null ? [] : [`  gRPC          ${facts.grpcAddress}`]),
    `  Solana RPC    ${facts.rpcUrl}`,
    `  data          ${facts.dataDir}`,
  ];
}

/** The commands a newcomer can copy, spelled as this person can type them. */
export function formatNextSteps(command: string, isolation: 'container' | 'native'): string[] {
  const option = isolation === 'native' ? '--isolation native ' : '';
  return [
    '  Try in another terminal:',
    `    ${command} run ${option}-- echo hello`,
    `    ${command} job list`,
    `    ${command} account show`,
    `    ${command} admin stats`,
    '  Ctrl-C stops everything.',
  ];
}
