import { readUrl } from '@node3/shared/env';
import { usageError } from '../command-error.ts';
import { outputFormats } from '../output/format.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds } from '../parse/duration.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { parseMoney } from '../parse/money.ts';

export interface Setting {
  about: string;
  /** Environment variables, the first one that is set wins. */
  variables: readonly string[];
  /** Whether a project's file may say it, or its owner alone. */
  place: 'project' | 'owner';
  /** Throws a usage error for what is no such value. */
  check(source: string, text: string): void;
}

const textCharsMax = 1_024;

/** What may be set, by name. Keys are no settings: they stand where `node3 login` puts them. */
export const settingTable = {
  url: {
    about: 'the marketplace',
    variables: ['NODE3_URL', 'MARKETPLACE_URL'],
    place: 'project',
    check: (source, text) => void readUrl({ [source]: text }, source, text),
  },
  gpu: {
    about: 'the GPU of run and quote, as --gpu',
    variables: ['NODE3_GPU'],
    place: 'project',
    check: (_source, text) => void parseGpuSpec(text),
  },
  image: {
    about: 'their container image, as --image',
    variables: ['NODE3_IMAGE'],
    place: 'project',
    check: checkText,
  },
  'max-cost': {
    about: 'the most a job may cost, as --max-cost',
    variables: ['NODE3_MAX_COST'],
    place: 'project',
    check: (source, text) => void parseMoney(source, text, 'SOL'),
  },
  timeout: {
    about: 'the time a job may run, as --timeout of run',
    variables: ['NODE3_TIMEOUT'],
    place: 'project',
    check: (source, text) => void parseSeconds(source, text),
  },
  'queue-timeout': {
    about: 'the time a job may wait, as --queue-timeout',
    variables: ['NODE3_QUEUE_TIMEOUT'],
    place: 'project',
    check: (source, text) => void parseSeconds(source, text),
  },
  region: {
    about: 'where jobs may run, as --region',
    variables: ['NODE3_REGION'],
    place: 'project',
    check: checkText,
  },
  format: {
    about: 'how data is written, as --format',
    variables: ['NODE3_OUTPUT'],
    place: 'owner',
    check: (source, text) => void choose(source, text, [...outputFormats, 'text']),
  },
  wallet: {
    about: 'the wallet file that is meant',
    variables: ['WALLET_PATH'],
    place: 'owner',
    check: checkText,
  },
  'rpc-url': {
    about: 'the Solana node that is asked',
    variables: ['SOLANA_RPC_URL'],
    place: 'owner',
    check: checkText,
  },
  'key-store': {
    about: 'where login keeps keys: auto, keyring or file',
    variables: ['NODE3_KEY_STORE'],
    place: 'owner',
    check: (source, text) => void choose(source, text, keyStores),
  },
} as const satisfies Record<string, Setting>;

export const keyStores = ['auto', 'keyring', 'file'] as const;

export type SettingName = keyof typeof settingTable;

export const settingNames = Object.keys(settingTable) as SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingTable, name);
}

/** Throws for a name there is not; for one that looks like a key with the reason. */
export function requireSetting(name: string): SettingName {
  if (isSettingName(name)) return name;
  if (isSecretName(name)) {
    throw usageError(
      `"${name}" is a key, and keys are no settings: they would stand in your shell's history.`,
      'Keep one with: node3 login --with-token FILE   (- is standard input)',
    );
  }
  throw usageError(`There is no setting "${name}".`, `There are: ${settingNames.join(', ')}.`);
}

/** Names under which somebody would look for a secret. */
export function isSecretName(name: string): boolean {
  return /key|token|secret|pass(word|phrase)|private|mnemonic|seed/i.test(name);
}

function checkText(source: string, text: string): void {
  if (text.trim() !== '' && text.length <= textCharsMax && !/\p{Cc}/u.test(text)) return;
  throw usageError(
    `${source} is no text that could be meant.`,
    `Write one line of at most ${textCharsMax} characters.`,
  );
}
