import { type Command, Option, type OptionValues } from 'commander';
import { usageError } from '../command-error.ts';
import type { GlobalOptions } from '../context.ts';

/** An option that every command takes, before its name or after it. */
export class GlobalOption extends Option {
  /** Apart from the command's own: `--input FILE` and `--no-input` are two things. */
  override attributeName(): string {
    return `${prefix}${super.attributeName()}`;
  }
}

const prefix = 'global ';

const declared: readonly (readonly [flags: string, description: string])[] = [
  ['--url <url>', 'the marketplace; else NODE3_URL, MARKETPLACE_URL, the last one used'],
  ['--profile <name>', 'a profile of yours; else NODE3_PROFILE, that of config use'],
  ['--config <file>', 'your settings; default $XDG_CONFIG_HOME/node3/config.json'],
  ['-o, --format <format>', 'table, wide, tsv, json, jsonl, yaml or id; else NODE3_OUTPUT'],
  ['--json', 'the same as --format json; errors are problem objects on stderr'],
  ['--columns <names>', 'only these columns or fields of a list, with commas between them'],
  ['--timeout <time>', 'give up on an answer after this time, such as 5s'],
  ['--idempotency-key <key>', 'the same key never posts or pays a second time'],
  ['--curl', 'print the request as a curl command and send nothing'],
  ['--explain', 'tell on stderr which requests are sent'],
  ['-y, --yes', 'answer yes beforehand; only run asks, before it pays'],
  ['--no-input', 'ask nothing: what would be asked is an error'],
  ['--no-color', 'no colours; NO_COLOR does the same'],
  ['-q, --quiet', 'only data and errors'],
];

export function addGlobalOptions(program: Command): void {
  for (const [flags, description] of declared) {
    program.addOption(new GlobalOption(flags, description).helpGroup('Global options:'));
  }
}

/**
 * Lets a command and those below it take them after its name as well, except where one of the same
 * name means something of its own, such as the time limit of `run`.
 */
export function spreadGlobalOptions(command: Command): void {
  for (const [flags, description] of declared) {
    const option = fitting(command, new GlobalOption(flags, description));
    if (option !== null) command.addOption(option.hideHelp());
  }
  for (const child of command.commands) spreadGlobalOptions(child);
}

/** Without the short flag where only that is taken; null where the name is. */
function fitting(command: Command, option: GlobalOption): GlobalOption | null {
  const taken = (flag: string | undefined) =>
    flag !== undefined && command.options.some(({ short, long }) => [short, long].includes(flag));
  if (taken(option.long)) return null;
  if (!taken(option.short)) return option;
  const [, long = ''] = option.flags.split(', ');
  return new GlobalOption(long, option.description);
}

/** What was given, before the command or after it; the later one wins. */
export function readGlobalOptions(command: Command): GlobalOptions {
  const given: Record<string, unknown> = {};
  for (const one of chainOf(command)) {
    for (const option of one.options) {
      if (!(option instanceof GlobalOption)) continue;
      const name = option.attributeName();
      if (one.getOptionValueSource(name) === 'cli')
        given[name.slice(prefix.length)] = one.getOptionValue(name);
    }
  }
  return given;
}

/** The options of the command alone: some commands send them on as they are. */
export function readOwnOptions(command: Command): OptionValues {
  const own = Object.entries(command.opts()).filter(([name]) => !name.startsWith(prefix));
  return Object.fromEntries(own);
}

/** They ask something else than the marketplace, or nothing: there is no request to show. */
const notShown =
  /^(?:mcp|agent|up|localnet|logout|completion|exit-codes|config|init|wallet (?!balance)|admin db)\b/;

/** Throws where `--curl` would have no effect, and the command would have its own. */
export function checkCurl(command: Command, { curl }: GlobalOptions): void {
  const [, ...names] = chainOf(command).map((one) => one.name());
  const name = names.join(' ');
  if (curl !== true || !notShown.test(name)) return;
  throw usageError(`node3 ${name} can not show its requests.`, 'Leave out --curl.');
}

/** They may be about a profile that there is not yet. */
const makesProfile = /^(?:login|init|account create|config (?:set|use))\b/;

export function mayMakeProfile(command: Command): boolean {
  const [, ...names] = chainOf(command).map((one) => one.name());
  return makesProfile.test(names.join(' '));
}

function chainOf(command: Command): Command[] {
  return command.parent === null ? [command] : [...chainOf(command.parent), command];
}

/** Whether the word after this flag is its value. `-qo` is `-q -o`. */
export function takesValue(flag: string): boolean {
  const last = flag.replace(/^-[dqy]+(?=\w$)/, '-');
  return declared.some(([flags]) => flags.includes('<') && flags.split(/[ ,]+/).includes(last));
}
