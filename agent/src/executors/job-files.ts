import { Buffer } from 'node:buffer';
import { stripTypeScriptTypes } from 'node:module';
import { assertNever } from '@node3/shared/assert';
import { ExecutionError } from './execution-error.ts';
import type { ExecutionInput, ExecutionRequest, ScriptWorkload } from './executor.ts';
import { inputBytesMax, inputFilesMax } from './executor-limits.ts';

/**
 * A file the executor puts before the workload, read-only for it: its bytes, or a file of the agent
 * that has them. The path is relative to the directory it belongs to.
 */
export type JobFile = ExecutionInput;

export interface JobFiles {
  /** Below INPUT_DIR. */
  input: JobFile[];
  /** The script itself, below the code directory; empty for container workloads. */
  code: JobFile[];
}

const pathSegment = /^(?!\.{1,2}$)[^/\\\0]{1,255}$/;

/**
 * All files of a request, checked: relative paths without `..`, no duplicates, bounded size.
 * @throws ExecutionError `request_invalid`: such a request is the requester's mistake.
 */
export function collectJobFiles(request: ExecutionRequest): JobFiles {
  const input: JobFile[] = [...request.inputs];
  const { workload } = request;
  if (workload.kind === 'script' && workload.input !== undefined) {
    const text = JSON.stringify(workload.input);
    input.push({ path: 'input.json', content: Buffer.from(text) });
  }
  checkInputs(input);
  return { input, code: workload.kind === 'script' ? [scriptFile(workload)] : [] };
}

function checkInputs(files: readonly JobFile[]): void {
  const seen = new Set<string>();
  let bytes = 0;
  for (const file of files) {
    const segments = file.path.split('/');
    const usable = segments.length <= 32 && segments.every((segment) => pathSegment.test(segment));
    if (!usable || seen.has(file.path)) {
      throw new ExecutionError('request_invalid', 'An input has a path that cannot be used.');
    }
    seen.add(file.path);
    // Files were counted while they were fetched.
    if ('content' in file) bytes += file.content.byteLength;
  }
  const inMemory = files.filter((file) => 'content' in file);
  if (inMemory.length > inputFilesMax || bytes > inputBytesMax) {
    const detail = `Inputs are limited to ${inputFilesMax} files and ${inputBytesMax} bytes.`;
    throw new ExecutionError('request_invalid', detail);
  }
}

const fileNames = {
  python: 'main.py',
  javascript: 'main.js',
  typescript: 'main.js',
  bash: 'main.sh',
} as const;

function scriptFile(workload: ScriptWorkload): JobFile {
  if (workload.language !== 'typescript') {
    return { path: fileNames[workload.language], content: toBytes(workload.code) };
  }
  const compiled = compileTypeScript(Buffer.from(toBytes(workload.code)).toString('utf8'));
  return { path: fileNames.typescript, content: Buffer.from(compiled) };
}

/**
 * Types are removed here so that the job runs on any Node image. Plain stripping keeps line
 * numbers; enums and namespaces need the full transformation. Source that neither accepts is
 * passed on as it is: the interpreter's own message then reaches the requester as a failed job.
 */
function compileTypeScript(source: string): string {
  for (const mode of ['strip', 'transform'] as const) {
    try {
      return stripTypeScriptTypes(source, { mode });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return source;
}

function toBytes(code: string | Uint8Array): Uint8Array {
  return typeof code === 'string' ? Buffer.from(code) : code;
}

/** @returns the interpreter's argument list; the code is a file, never part of a shell string. */
export function scriptCommand(workload: ScriptWorkload, codeDirectory: string): string[] {
  const file = `${codeDirectory}/${fileNames[workload.language]}`;
  switch (workload.language) {
    case 'python':
      return ['python3', '-u', file];
    case 'javascript':
    case 'typescript':
      return ['node', file];
    case 'bash':
      return ['bash', file];
    default:
      return assertNever(workload.language);
  }
}
