import { open } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import type { JobSpecInput, Language } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import type { Host } from '../host.ts';
import { parseEnvironment } from '../parse/key-values.ts';

export interface WorkloadOptions {
  image?: string;
  env?: string[];
  input?: string;
}

const languageByExtension: Record<string, Language> = {
  '.py': 'python',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.sh': 'bash',
  '.bash': 'bash',
};

/**
 * What to run: after `--` it is a command, and so is anything that is not the name of a script.
 * A script travels as a file with the job, so quotes and dollar signs mean what they say.
 */
export async function readWorkload(
  host: Host,
  operands: readonly string[],
  options: WorkloadOptions,
): Promise<JobSpecInput['workload']> {
  const [first] = operands;
  const env = parseEnvironment(options.env ?? [], host.env);
  const shared = {
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
  const language = host.argv.includes('--') ? undefined : languageOf(first);
  if (first !== undefined && language !== undefined) {
    if (operands.length > 1) {
      const fix = 'Give the script its data with --input FILE (JSON) or -e NAME=value.';
      throw usageError('A script job takes no arguments.', fix);
    }
    const code = await readText(host, first, limits.codeBytesMax);
    if (code === '') throw usageError(`${first} is empty.`, 'Give a script with code in it.');
    return { kind: 'script', language, code, ...shared, ...(await readInput(host, options)) };
  }
  if (options.input !== undefined) {
    const fix = 'Only scripts take --input; a command takes arguments and -e NAME=value.';
    throw usageError('--input needs a script.', fix);
  }
  if (first === undefined && options.image === undefined) {
    const fix = 'node3 run train.py\nnode3 run --image python:3.12 -- python -c "print(1)"';
    throw usageError('There is nothing to run.', fix);
  }
  return {
    kind: 'container',
    ...shared,
    ...(operands.length === 0 ? {} : { command: [...operands] }),
  };
}

/** By the end of its name; undefined where it is no script. */
export function languageOf(operand: string | undefined): Language | undefined {
  return operand === undefined ? undefined : languageByExtension[extname(operand).toLowerCase()];
}

/** JSON for a script, from a file or from standard input. */
export async function readInput(
  host: Host,
  options: WorkloadOptions,
): Promise<{ input?: unknown }> {
  if (options.input === undefined) return {};
  const text =
    options.input === '-'
      ? (await host.readStdin(limits.inlineInputBytes)).toString('utf8')
      : await readText(host, options.input, limits.inlineInputBytes);
  try {
    return { input: JSON.parse(text) as unknown };
  } catch {
    throw usageError(`${options.input} is not JSON.`, '--input wants one JSON value.');
  }
}

/** Reads at most `bytesMax` bytes of UTF-8, and refuses a longer file rather than cutting it. */
export async function readText(host: Host, name: string, bytesMax: number): Promise<string> {
  const path = resolve(host.cwd, name);
  try {
    const file = await open(path);
    try {
      const info = await file.stat();
      if (!info.isFile()) throw usageError(`${name} is not a file.`, 'Give the name of a file.');
      if (info.size > bytesMax) {
        const size = `${Math.ceil(info.size / 1024)} KiB; the limit is ${bytesMax / 1024} KiB`;
        throw usageError(`${name} has ${size}.`, 'Put larger things into the image.');
      }
      return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isNotFound(error)) {
      const fix = `To run it as a command, put -- before it: node3 run -- ${name}`;
      throw usageError(`There is no file ${name}.`, fix);
    }
    if (error instanceof TypeError) throw usageError(`${name} is not UTF-8 text.`, 'Save it so.');
    throw error;
  }
}
