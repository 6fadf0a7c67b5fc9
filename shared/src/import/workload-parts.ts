import { Buffer } from 'node:buffer';
import { isJobFilePath, type JobInput } from '../job-files.ts';
import { agentVariable, deviceVariable } from '../job-variables.ts';
import { limits } from '../limits.ts';
import { pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';

/** Parts of a container's workload, checked where they stand in the document that they come from. */

type Finding = readonly [report: ImportReport, pointer: string];

const imagePattern = /^[a-z0-9][a-zA-Z0-9._/:@-]*$/;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export function checkImage([report, pointer]: Finding, image: string): string {
  if (image.length > 512 || !imagePattern.test(image)) {
    const fix = 'Write it as docker pull takes it, such as docker.io/library/python:3.13-slim.';
    report.refuse(pointer, 'is no name of a container image', fix);
  }
  return image;
}

/** undefined for an empty list: the image's own command runs. */
export function checkCommand([report, pointer]: Finding, parts: string[]): string[] | undefined {
  const isLong = (part: string) => Buffer.byteLength(part) > limits.commandPartBytes;
  if (parts.length > limits.commandParts || parts.some(isLong)) {
    const detail = `has more than ${limits.commandParts} parts, or one of more than ${limits.commandPartBytes} bytes`;
    report.refuse(pointer, detail, 'Put the program into the image or into an input file.');
  }
  return parts.length === 0 ? undefined : parts;
}

export function checkFolder([report, pointer]: Finding, path: string): string {
  if (!path.startsWith('/') || path.length > 1024) {
    report.refuse(pointer, 'must be an absolute path', 'Let it start with a slash.');
  }
  return path;
}

/** Without what the agent sets by itself. */
export function checkVariables(
  [report, pointer]: Finding,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    const at = pointerTo(pointer, name);
    if (deviceVariable.test(name)) {
      const fix = 'Nothing: the job sees the GPUs that it has, and no others.';
      report.warn(at, 'is set by the agent to the GPUs of the job, and left out here', fix);
    } else if (!variablePattern.test(name) || agentVariable.test(name)) {
      const fix = 'Rename the variable; NODE3_, LD_, DYLD_ and names such as JOB_ID are reserved.';
      report.refuse(at, 'is a variable that no job can set', fix);
    } else if (Buffer.byteLength(value) > limits.environmentValueBytes || value.includes('\0')) {
      const detail = `must be text of at most ${limits.environmentValueBytes} bytes without NUL`;
      report.refuse(at, detail, 'Bring it as a file instead.');
    } else kept[name] = value;
  }
  return kept;
}

/** Room for the variables that the importers add themselves. */
export function checkVariableCount([report, pointer]: Finding, count: number): void {
  if (count <= limits.environmentVariables) return;
  const detail = `makes ${count} variables; ${limits.environmentVariables} is the most`;
  report.refuse(pointer, detail, 'Bring some as a file instead.');
}

/** Each at a place of its own, and no more than a job takes. */
export function checkInputList([report, pointer]: Finding, inputs: readonly JobInput[]): void {
  if (!isFew([report, pointer], inputs)) return;
  const paths = inputs.map(({ path }) => path.toLowerCase());
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    report.refuse(pointer, `has two files at ${twice}`, 'Give each a place of its own.');
  }
  const inline = inputs.filter(({ source }) => source.kind === 'inline').length;
  if (inline > limits.inlineInputs) {
    const detail = `has more than ${limits.inlineInputs} inline files`;
    report.refuse(pointer, detail, 'Pack them into one archive.');
  }
}

/** No more than the inputs of a job: said before each is read, which costs more than counting them. */
export function isFew([report, pointer]: Finding, files: readonly unknown[]): boolean {
  if (files.length <= limits.inputsPerJob) return true;
  const detail = `has more than ${limits.inputsPerJob} files`;
  report.refuse(pointer, detail, 'Pack them into one archive.');
  return false;
}

/** The path below /input that a file at `target` has; null where no job can have a file. */
export function inputPath(target: string): string | null {
  return pathBelow(target, /^\/inputs?\/+/);
}

/** The path below /output, empty for all of it; null for a place that no job can write to. */
export function outputPath(path: string): string | null {
  const match = /^\/outputs?\/*$/.exec(path);
  return match === null ? pathBelow(path, /^\/outputs?\/+/) : '';
}

function pathBelow(path: string, root: RegExp): string | null {
  const match = root.exec(path);
  if (match === null) return null;
  const parts = path.slice(match[0].length).split('/');
  const below = parts.filter((part) => part !== '').join('/');
  return isJobFilePath(below) ? below : null;
}

export const inputPlaceFix =
  'Let it lie below /input (or /inputs), named with letters, digits, . _ and - only, and have the program look there.';
export const outputPlaceFix =
  'Let the program write below /output (or /outputs): all else of a job is read-only, but for /tmp.';
