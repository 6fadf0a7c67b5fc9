import type { LocalSettings } from '@node3/shared/routes/agent-upkeep';
import type { AgentConfig } from '../config.ts';
import { agentSettings } from '../settings.ts';

const valueCharsMax = 500;

/** What the agent was started with. Of a secret it is told that it is set, never what it is. */
export function listSettings({ dataDir, environment }: AgentConfig): LocalSettings {
  return {
    dataDir,
    groups: agentSettings.map(({ title, settings }) => ({
      title,
      settings: settings.map(({ name, about, fallback }) => {
        const set = environment[name]?.trim() ?? '';
        const isSecret = isSecretName(name);
        const source = set !== '' ? 'environment' : fallback !== null ? 'default' : 'unset';
        const value = set === '' ? fallback : withoutPassword(set).slice(0, valueCharsMax);
        return { name, about, source, isSecret, value: isSecret && set !== '' ? null : value };
      }),
    })),
  };
}

/** Headers are how a collector of traces is told a key. A file or place that holds a secret may be named. */
function isSecretName(name: string): boolean {
  const isSecret = /KEY|TOKEN|SECRET|PASS(WORD|PHRASE)|HEADERS/.test(name);
  return isSecret && !/_(FILE|PATH|DISK)$/.test(name);
}

/** Addresses may have a name, a password or a key in them. */
function withoutPassword(value: string): string {
  if (!/^\w+:\/\//.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  // Of an endpoint of a chain the path is the key as often as the query.
  const isPlain = url.username === '' && url.password === '' && url.search === '';
  return isPlain && url.pathname === '/' ? value : `${url.protocol}//${url.host}/…`;
}
