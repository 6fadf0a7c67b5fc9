import { idPattern } from '@node3/shared/ids';
import { isJobFilePath, type JobInput } from '@node3/shared/job-files';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { secretMask } from '@node3/shared/secret-mask';
import type { DraftProblems } from './draft-problems.ts';
import type { InputRow, JobDraft } from './job-draft.ts';
import { given, readCommand, readPairs, readSize } from './read-fields.ts';

export const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export function workloadOfDraft(
  problems: DraftProblems,
  draft: JobDraft,
): JobSpecInput['workload'] {
  const image = draft.image.trim() === '' ? undefined : draft.image.trim();
  const names = { name: variableName, problem: 'variable' } as const;
  const env = readPairs(problems, '/workload/env', draft.env, names);
  return draft.kind === 'script'
    ? scriptOf(problems, draft, { image, env })
    : containerOf(problems, draft, { image, env });
}

interface Shared {
  image: string | undefined;
  env: Record<string, string> | undefined;
}

function scriptOf(problems: DraftProblems, draft: JobDraft, shared: Shared) {
  const { language, code } = draft;
  problems.when(code.trim() === '', '/workload/code', 'required');
  problems.when(byteLength(code) > limits.codeBytesMax, '/workload/code', 'tooLong');
  return {
    kind: 'script' as const,
    language,
    code,
    ...given(shared),
    ...scriptInputOf(problems, draft),
  };
}

function scriptInputOf(problems: DraftProblems, { scriptInput }: JobDraft): { input?: unknown } {
  if (scriptInput.trim() === '') return {};
  try {
    return { input: JSON.parse(scriptInput) as unknown };
  } catch {
    problems.add('/workload/input', 'json');
    return {};
  }
}

function containerOf(problems: DraftProblems, draft: JobDraft, shared: Shared) {
  const { stdin, workdir } = draft;
  const nothing = draft.command.trim() === '' && shared.image === undefined;
  problems.when(nothing, '/workload/image', 'required');
  problems.when(workdir !== '' && !workdir.startsWith('/'), '/workload/workdir', 'path');
  problems.when(byteLength(stdin) > limits.stdinBytes, '/workload/stdin', 'tooLong');
  return {
    kind: 'container' as const,
    ...given({
      ...shared,
      command: readCommand(problems, '/workload/command', draft.command),
      entrypoint: readCommand(problems, '/workload/entrypoint', draft.entrypoint),
      workdir: workdir === '' ? undefined : workdir,
      stdin: stdin === '' ? undefined : stdin,
    }),
  };
}

export function secretsOfDraft(
  problems: DraftProblems,
  { secrets }: JobDraft,
): JobSpecInput['secrets'] {
  const found: NonNullable<JobSpecInput['secrets']> = {};
  for (const { name, value, as, kept } of secrets) {
    if (name === '' && value === '') continue;
    const written = kept && value === '' ? secretMask : value;
    problems.when(!variableName.test(name), '/secrets', 'variable');
    problems.when(written.length < limits.secretChars, '/secrets', 'secretShort');
    problems.when(written.length > limits.secretValueChars, '/secrets', 'tooLong');
    problems.when(Object.hasOwn(found, name), '/secrets', 'twice');
    found[name] = { value: written, as };
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

export function inputsOfDraft(
  problems: DraftProblems,
  { inputs }: JobDraft,
): JobInput[] | undefined {
  if (inputs.length === 0) return undefined;
  return inputs.map((row, index) => {
    const pointer = `/inputs/${index}`;
    const path = row.path.trim();
    const isPath = isJobFilePath(path) || (row.unpack && path === '.');
    problems.when(!isPath, `${pointer}/path`, 'path');
    return {
      path,
      source: sourceOf(problems, `${pointer}/source`, row),
      ...(row.unpack ? { unpack: true } : {}),
    };
  });
}

const artifactId = new RegExp(idPattern('artifact'));

function sourceOf(problems: DraftProblems, pointer: string, row: InputRow): JobInput['source'] {
  if (row.source === 'inline') return { kind: 'inline', contentBase64: row.contentBase64 };
  if (row.source === 'artifact') {
    problems.when(!artifactId.test(row.artifactId.trim()), pointer, 'upload');
    return { kind: 'artifact', artifactId: row.artifactId.trim() };
  }
  const url = row.url.trim();
  const sha256 = row.sha256.trim().toLowerCase();
  problems.when(!/^https?:\/\/[!-~]+$/.test(url), `${pointer}/url`, 'url');
  problems.when(sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256), `${pointer}/sha256`, 'sha256');
  return {
    kind: 'url',
    url,
    ...given({
      sha256: sha256 === '' ? undefined : sha256,
      bytesMax: readSize(problems, `${pointer}/bytesMax`, row.sizeMax),
    }),
  };
}

export function outputsOfDraft(
  problems: DraftProblems,
  { outputsKept, outputs }: JobDraft,
): JobSpecInput['outputs'] {
  if (outputsKept === 'all') return undefined;
  if (outputsKept === 'none') return [];
  problems.when(outputs.length === 0, '/outputs', 'required');
  return outputs.map(({ path, required }, index) => {
    problems.when(!isJobFilePath(path.trim()), `/outputs/${index}/path`, 'path');
    return { path: path.trim(), ...(required ? {} : { required: false }) };
  });
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
