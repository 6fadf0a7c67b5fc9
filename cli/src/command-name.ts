import { groupNames } from './program/command-groups.ts';

/** A command of ours inside a sentence, not a file or the name of the project. */
const commands = new RegExp(
  String.raw`(?<![\w./-]|npx )node3 (?=(?:${groupNames.join('|')}|-)\b|--)`,
  'g',
);

/** Hints are written with the bare name; here it becomes what the person can type. */
export function spellCommands(hint: string, command: string): string {
  return hint.replace(commands, `${command} `);
}
