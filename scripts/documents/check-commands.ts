import { readFileSync } from 'node:fs';
import type { ProgramState } from '@node3/cli/program/attach-action';
import { createProgram } from '@node3/cli/program/create-program';
import { createSystemHost } from '@node3/cli/system-host';

type Command = Awaited<ReturnType<typeof createProgram>>;

/** A `node3 …` or `npm run …` in a sentence: named there, not run, but it has to exist as it is written. */
export interface NamedCommand {
  document: string;
  line: number;
  text: string;
}

/** What the documents call JOB. */
const exampleJob = 'job_01M8BAHJSJF3AT6K0V6TT6A8G2';

const inlineCommand = /`((?:[A-Z0-9_]+=\S+ )*(?:sudo |npx )*(?:node3|npm run) [^`]*)`/g;

export function readNamedCommands(root: URL, document: string): NamedCommand[] {
  const text = readFileSync(new URL(document, root), 'utf8');
  const prose = text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, (block) => block.replaceAll(/./g, ''));
  return [...prose.matchAll(inlineCommand)].map(({ 1: command = '', index }) => ({
    document,
    line: prose.slice(0, index).split('\n').length,
    text: command.replaceAll(/\s+/g, ' '),
  }));
}

/** What the program says against a command; null where it would take it. */
export async function findCommandFault(root: URL, { text }: NamedCommand): Promise<string | null> {
  const script = /^npm run (?:--silent )?([\w-]+)/.exec(text)?.[1];
  if (script !== undefined) {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    return script in scripts ? null : `package.json has no script ${script}`;
  }
  const [line = ''] = text.slice(text.indexOf('node3 ') + 'node3 '.length).split(/ >| \|/);
  const words = splitWords(line.replaceAll(/\bJOB\b/g, exampleJob));
  // A name alone (`node3 job rerun`) and what goes on (`node3 quote …`) leave operands out.
  const isWhole = words.some((word) => word.startsWith('-')) && !words.includes('…');
  try {
    const program = await createTakingProgram();
    await program.parseAsync(
      words.filter((word) => word !== '…'),
      { from: 'user' },
    );
    return null;
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    if (code === 'commander.help' || code === 'commander.helpDisplayed') return null;
    return !isWhole && /missing/i.test(`${code} ${message}`) ? null : message;
  }
}

function splitWords(text: string): string[] {
  const words = text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

/** The whole program, with commands that do nothing. */
async function createTakingProgram(): Promise<Command> {
  const host = { ...createSystemHost([], {}), command: 'node3' };
  const state: ProgramState = { host, exitCode: 0, options: null };
  const program = await createProgram(state, { writeOut: () => undefined }, null);
  disarm(program);
  return program;
}

function disarm(command: Command): void {
  // A group with operands is a command as well, such as `receipt`.
  const isCommand = command.commands.length === 0 || command.registeredArguments.length > 0;
  if (isCommand) command.action(() => undefined);
  for (const child of command.commands) disarm(child);
}
