import type { Command } from 'commander';
import { outputFormats } from '../output/format.ts';

/**
 * What may stand where the last of these words is, as `value<tab>meaning`. Nothing where a value is
 * wanted that only the person knows: then the shell offers files.
 */
export function completeWords(program: Command, words: readonly string[]): string[] {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return [];
  const command = meantBy(program, before);
  const flag = before.at(-1) ?? '';
  if (takesValue(command, flag)) {
    return ['-o', '--format'].includes(flag) ? outputFormats.filter(startsWith(current)) : [];
  }
  const offered = current.startsWith('-')
    ? command.options.map((option) => entry(option.long ?? option.flags, option.description))
    : command.commands.map((child) => entry(child.name(), child.summary() || child.description()));
  return offered.filter(startsWith(current)).toSorted();
}

function startsWith(start: string): (text: string) => boolean {
  return (text) => text.startsWith(start);
}

function entry(value: string, meaning: string): string {
  return `${value}\t${meaning.split('\n')[0]}`;
}

function meantBy(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || takesValue(command, words[index - 1] ?? '')) continue;
    const child = command.commands.find(
      (known) => known.name() === word || known.aliases().includes(word),
    );
    if (child !== undefined) command = child;
  }
  return command;
}

function takesValue(command: Command, flag: string): boolean {
  const option = command.options.find(({ short, long }) => [short, long].includes(flag));
  return option !== undefined && (option.required || option.optional);
}
