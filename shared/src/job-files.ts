import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { id, strictObject, taggedUnion } from './schema.ts';

/** The files that a job gets before it runs, and those that are kept after it. */

/** A file or folder name; `.` and `..` are none. */
const pathPart = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+';
const pathPattern = `^${pathPart}(?:/${pathPart})*$`;
const pathChars = 256;
const path = (description: string) =>
  Type.String({ pattern: pathPattern, maxLength: pathChars, description });

/** Whether a text can be the path of an input or of an output. */
export function isJobFilePath(text: string): boolean {
  return text.length <= pathChars && new RegExp(pathPattern).test(text);
}

const InlineSource = strictObject({
  kind: Type.Literal('inline'),
  contentBase64: Type.String({
    pattern: '^[A-Za-z0-9+/]*={0,2}$',
    maxLength: Math.ceil((limits.inlineInputBytes * 4) / 3) + 4,
  }),
});

const ArtifactSource = strictObject({
  kind: Type.Literal('artifact'),
  artifactId: id('artifact'),
});

const UrlSource = strictObject({
  kind: Type.Literal('url'),
  url: Type.String({ pattern: '^https?://[!-~]+$', maxLength: 4_096 }),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  bytesMax: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.artifactBytesMax })),
});

const inputPath = Type.String({
  pattern: `^\\.$|${pathPattern}`,
  maxLength: pathChars,
  description: 'Relative to /input; the folder to unpack into with "unpack", where . is /input',
});

const Input = strictObject({
  path: inputPath,
  source: taggedUnion('kind', [InlineSource, ArtifactSource, UrlSource]),
  unpack: Type.Optional(
    Type.Boolean({ description: 'It is a tar, tar.gz or zip archive whose files are wanted' }),
  ),
});
export type JobInput = Static<typeof Input>;

/** Inline ones travel in the spec itself, so there are few of them. */
export const Inputs = Type.Array(Input, { maxItems: limits.inputsPerJob });

const Output = strictObject({
  path: path('A file, or a folder with all its files, relative to /output'),
  required: Type.Optional(
    Type.Boolean({ description: 'Without it the job has failed; true where nothing is said' }),
  ),
});
export type JobOutput = Static<typeof Output>;

/** What is kept of /output. Left out, it is everything; an empty list is nothing. */
export const Outputs = Type.Array(Output, { maxItems: limits.outputsPerJob });

/** Inputs whose bytes are not in the spec: the agent has to fetch them. */
export function isFetched({ source }: JobInput): boolean {
  return source.kind !== 'inline';
}
