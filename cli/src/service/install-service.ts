import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandError } from '../command-error.ts';
import type { RunTool, ToolResult } from './run-tool.ts';
import type { ServiceTarget, Step } from './service-target.ts';

export interface ServiceDeps {
  run: RunTool;
  /** Tells the person what is done. */
  say: (line: string) => Promise<void>;
}

/**
 * Writes the unit, has it checked, starts it and sees that it runs and stays. What was written is
 * taken back when the system refuses it. @throws CommandError with what is missing and its fix.
 */
export async function installService(target: ServiceTarget, deps: ServiceDeps): Promise<void> {
  for (const need of target.needs) await demand(need, deps);
  const before = await readFile(target.path).catch(() => null);
  await mkdir(dirname(target.path), { recursive: true });
  await writeFile(target.path, encode(target));
  await deps.say(`wrote ${target.path}`);
  try {
    for (const step of [...target.verify, ...target.install]) await perform(step, deps);
  } catch (error) {
    await (before === null ? rm(target.path) : writeFile(target.path, before));
    await deps.say(`took ${target.path} back`);
    throw error;
  }
  for (const proof of target.prove) await demand(proof, deps);
}

/** What is not there counts as gone. */
export async function uninstallService(target: ServiceTarget, deps: ServiceDeps): Promise<void> {
  for (const step of target.uninstall) {
    await deps.say(spell(step));
    const { exitCode, output } = await deps.run(step.file, step.args);
    if (exitCode !== 0) await deps.say(output);
  }
  await rm(target.path, { force: true });
  await deps.say(`removed ${target.path}`);
}

function encode({ encoding, text }: ServiceTarget): Buffer {
  return Buffer.from(encoding === 'utf16le' ? `\uFEFF${text}` : text, encoding);
}

async function demand(step: Step & { fix: string }, { run }: ServiceDeps): Promise<void> {
  const result = await run(step.file, step.args);
  if (holds(step, result)) return;
  throw new CommandError('failure', `${spell(step)}: ${sayResult(result)}`, step.fix);
}

async function perform(step: Step, { run, say }: ServiceDeps): Promise<void> {
  await say(spell(step));
  const result = await run(step.file, step.args);
  if (holds(step, result)) return;
  const fix = 'Nothing was left behind. Mend that, and install again.';
  throw new CommandError('failure', `${spell(step)}: ${sayResult(result)}`, fix);
}

function holds({ expects }: Step, { exitCode, output }: ToolResult): boolean {
  return exitCode === 0 && (expects === undefined || expects.test(output));
}

function sayResult({ exitCode, output }: ToolResult): string {
  if (exitCode === null) return 'this program is not here';
  return (output === '' ? `it ended with ${exitCode}` : output).slice(0, 500);
}

function spell({ args, file }: Step): string {
  return [file, ...args].join(' ');
}
