import { exitCodes } from '@node3/cli/exit-codes';
import { createProgram } from '@node3/cli/program/create-program';
import { GlobalOption } from '@node3/cli/program/global-options';
import { createSystemHost } from '@node3/cli/system-host';
import { table } from './markdown-table.ts';

type Command = Awaited<ReturnType<typeof createProgram>>;

/** The first page of `node3 --help` as code: who asks for it waits for nothing else. */
export async function helpPageModule(notice: string): Promise<string> {
  const host = { ...createSystemHost([], {}), command: 'node3' };
  const state = { host, exitCode: 0, options: null };
  const program = await createProgram(state, { writeOut: () => undefined }, '');
  const text = program.helpInformation().replaceAll(/[`\\]|\$(?=\{)/g, String.raw`\$&`);
  return `/** What \`node3 --help\` prints. ${notice} */\nexport const helpPage = \`${text}\`;\n`;
}

/** `docs/reference/cli.md`: every command with its operands and options, from their declarations. */
export async function commandDocument(notice: string): Promise<string> {
  const host = { ...createSystemHost([], {}), command: 'node3' };
  const state = { host, exitCode: 0, options: null };
  const program = await createProgram(state, { writeOut: () => undefined }, null);
  const globals = optionTable(program.options.filter((option) => option instanceof GlobalOption));
  const codes = Object.values(exitCodes).map(({ code, meaning }) => [String(code), cell(meaning)]);
  return [
    '# The command',
    notice,
    'Data goes to stdout, talk to stderr. `node3 COMMAND --help` says the same as this page.',
    '## Options of every command',
    'They stand before the command or after it. A command with an option of the same name has its own meaning after it.',
    globals,
    ...program.commands.filter((one) => one.name() !== 'help').flatMap((one) => describe(one, 2)),
    '## Exit codes',
    table(['code', 'meaning'], codes),
  ]
    .join('\n\n')
    .concat('\n');
}

function describe(command: Command, level: number): string[] {
  const options = command.options.filter((option) => !(option instanceof GlobalOption));
  const isGroup = command.commands.length > 0;
  const heading = `${'#'.repeat(Math.min(level, 3))} \`${usageOf(command)}\``;
  return [
    heading,
    command.description().replaceAll('\n', ' ').replace(/\.?$/, '.'),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    ...(isGroup ? command.commands.flatMap((child) => describe(child, level + 1)) : []),
  ];
}

function usageOf(command: Command): string {
  const operands = command.registeredArguments.map((operand) => {
    const name = `${operand.name()}${operand.variadic ? '...' : ''}`;
    return operand.required ? `<${name}>` : `[${name}]`;
  });
  return [...pathOf(command), ...operands].join(' ');
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [command.name()] : [...pathOf(command.parent), command.name()];
}

function optionTable(options: Command['options']): string {
  const rows = options.map(({ flags, description, defaultValue }) => {
    const preset = typeof defaultValue === 'string' ? ` (default ${defaultValue})` : '';
    return [`\`${flags}\``, cell(`${description}${preset}`)];
  });
  return table(['option', 'meaning'], rows);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
