import { fillValues } from './fill-values.ts';

/** Why a provider stands as it does. Its health log keeps the sentences; pages say them by code. */
export const providerStandings = {
  byOperator: 'By the operator.',
  none: 'No agent belongs to it.',
  oneOffline: 'Its agent is offline.',
  allOffline: 'None of {{agents}} agents is online.',
  full: 'All {{slots}} slots are taken.',
  oneIdle: 'Its agent takes nothing new.',
  some: 'Of {{agents}} agents {{offline}} are offline and {{idle}} take nothing new.',
  oneOnline: 'Its agent is online.',
  allOnline: 'All {{agents}} agents are online.',
};

export type ProviderStandingCode = keyof typeof providerStandings;

export function sayStanding(
  code: ProviderStandingCode,
  values: Record<string, number> = {},
): string {
  return fillValues(providerStandings[code], values);
}

const patterns = Object.entries(providerStandings).map(([code, sentence]) => {
  const pattern = sentence.replace('.', '\\.').replace(/\{\{(\w+)\}\}/g, '(?<$1>\\d+)');
  return { code: code as ProviderStandingCode, pattern: new RegExp(`^${pattern}$`) };
});

/** @returns null for words of an operator's own. */
export function readStanding(
  text: string,
): { code: ProviderStandingCode; values: Record<string, number> } | null {
  for (const { code, pattern } of patterns) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const values = Object.entries(match.groups ?? {}).map(([name, digits]) => [
      name,
      Number(digits),
    ]);
    return { code, values: Object.fromEntries(values) };
  }
  return null;
}
