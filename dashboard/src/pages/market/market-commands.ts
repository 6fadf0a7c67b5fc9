import { getPublicAgent } from '@node3/shared/routes/marketplace';
import type { CommandLine } from '../../parts/command-lines.tsx';
import { curlLine, shellQuote } from '../../shell-command.ts';

function addressOf(path: string, query: object): string {
  const given = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
  const parameters = new URLSearchParams(given.map((pair) => [...pair]));
  const text = parameters.toString();
  return `${location.origin}${path}${text === '' ? '' : `?${text}`}`;
}

export function offerCommands(query: object): CommandLine[] {
  return [
    { label: 'CLI', text: 'node3 offer' },
    { label: 'curl', text: curlLine({ url: addressOf('/api/v1/marketplace/offers', query) }) },
  ];
}

export function boardCommands(query: object): CommandLine[] {
  return [{ label: 'curl', text: curlLine({ url: addressOf('/api/v1/marketplace/jobs', query) }) }];
}

export function priceCommands(gpu: string, query: object): CommandLine[] {
  const path = `/api/v1/marketplace/prices/${encodeURIComponent(gpu)}`;
  return [
    { label: 'CLI', text: `node3 offer --gpu ${shellQuote(gpu)}` },
    { label: 'curl', text: curlLine({ url: addressOf(path, query) }) },
  ];
}

export function agentCommands(agentId: string): CommandLine[] {
  const path = getPublicAgent.url.replace(':agentId', encodeURIComponent(agentId));
  return [{ label: 'curl', text: curlLine({ url: addressOf(path, {}) }) }];
}
