import type { SecretSealer } from './secret-sealer.ts';

/** Secrets of a flow or of a run: `owner` is its id, so that none opens with another one's. */
export function sealFlowSecrets(
  sealer: SecretSealer,
  owner: string,
  secrets: Record<string, string>,
): Record<string, string> {
  return mapped(secrets, (value, name) => sealer.seal(contextOf(owner, name), value));
}

export function openFlowSecrets(
  sealer: SecretSealer,
  owner: string,
  sealed: Record<string, string>,
): Record<string, string> {
  return mapped(sealed, (value, name) => sealer.open(contextOf(owner, name), value));
}

function contextOf(owner: string, name: string): string {
  return `flow:${owner}:secret:${name}`;
}

function mapped(
  values: Record<string, string>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, change(value, name)]),
  );
}
