import { createHash } from 'node:crypto';
import type { ContainerCreateOptions } from 'dockerode';
import type { ExecutionRequest, Workload } from '../../executor.ts';
import { buildJobEnvironment } from '../../job-environment.ts';
import {
  buildContainerConfig,
  type EngineTraits,
  type ImageTraits,
  jobDirectories,
  noParts,
} from '../container-config.ts';
import type { FixedVolumes } from '../fixed-volumes.ts';

/** The image, and what it runs when a job does not say. */
export interface WarmImage extends ImageTraits {
  entrypoint: readonly string[];
  command: readonly string[];
}

/** A kind of job. It is kept for later ones, so nothing is in it that a job itself says. */
export interface WarmShape {
  /** The same for jobs whose containers differ in nothing but what the job itself says. */
  key: string;
  memoryBytes: number;
  /** The container that waits, under a name of its own. */
  build(
    boxId: string,
    outputDevice: string | null,
  ): { request: ExecutionRequest; config: ContainerCreateOptions };
}

/** A job that can be given to a container which was started before it. */
export interface WarmJob {
  shape: WarmShape;
  /** One line for the container's standard input, which makes it the job. */
  startLine: string;
}

/** What a container that waits ends with when it is told nothing: no job has run in it. */
export const unusedExitCode = 113;
/** A text of ours and nobody else's: it waits for one line, which becomes the job. */
const launcher = `_node3_newline='\n'\nIFS= read -r _node3_start || exit ${unusedExitCode}\neval "$_node3_start"`;
/** What a shell reads byte by byte in a millisecond or two. */
const lineBytesMax = 32 * 1024;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Variables with a meaning for shells: what they do to such a one is not what an engine does. */
const shellNames =
  /^(?:BASH.*|CDPATH|COLUMNS|DIRSTACK|ENV|EUID|FUNCNAME|GLOBIGNORE|GROUPS|HIST.*|HOSTNAME|HOSTTYPE|IFS|LC_.*|LINENO|LINES|MACHTYPE|MAIL.*|OLDPWD|OPT.*|OSTYPE|PIPESTATUS|POSIXLY_CORRECT|PPID|PROMPT_.*|PS[0-9]|PWD|RANDOM|REPLY|SECONDS|SHELLOPTS|SHLVL|TIMEFORMAT|TMOUT|UID|_|_node3.*)$/;

/**
 * Whether a job may run in a container that was started for its like. Only where everything that
 * confines it is the same to the letter, since the container is made from the job's own
 * configuration with another command. What has to be mounted or connected for one job alone keeps
 * it out: secrets, a network, an input for its standard input. So does what nobody watches while it
 * waits: a device, which may be another job's by then, and an output without a size of its own.
 * @returns null for a job that gets a container of its own.
 */
export function findWarmJob(
  request: ExecutionRequest,
  image: WarmImage,
  traits: EngineTraits,
  fixedVolumes: Pick<FixedVolumes, 'suits'> | null,
): WarmJob | null {
  const { devices, limits, network, secretFiles, workload } = request;
  if (network !== 'none' || secretFiles !== undefined) return null;
  if (devices.some(({ vendor }) => vendor !== 'simulated')) return null;
  if (fixedVolumes?.suits(limits.diskBytes) !== true) return null;
  if (workload.kind === 'container' && workload.stdin !== null) return null;
  const own = buildContainerConfig(request, image, traits);
  const words = commandOf(own, image);
  const env = buildJobEnvironment(request, jobDirectories);
  const names = [...Object.keys(env), ...image.env.map((entry) => entry.split('=', 1)[0] ?? '')];
  const [program] = words;
  if (program === undefined || program.startsWith('-')) return null;
  if (words.some((word) => word.includes('\0'))) return null;
  if (names.some((name) => !variableName.test(name) || shellNames.test(name))) return null;
  const startLine = writeStartLine(words, env);
  if (Buffer.byteLength(startLine) > lineBytesMax) return null;
  const build = openBuild(withoutWords(request), image, traits);
  const { Labels: _, ...box } = build('box', null).config;
  // A program that one job has started is there for the next one, too.
  const text = JSON.stringify([program, box]);
  const key = createHash('sha256').update(text).digest('hex');
  return { shape: { key, memoryBytes: limits.memoryBytes, build }, startLine };
}

/** As an engine puts them together: an image's command goes with its own entrypoint alone. */
function commandOf({ Cmd, Entrypoint }: ContainerCreateOptions, image: WarmImage): string[] {
  const asked = Entrypoint === undefined ? null : [Entrypoint].flat();
  const command = Cmd ?? (asked === null ? image.command : []);
  return [...(asked ?? image.entrypoint), ...command];
}

/** A function of its own, so that what it keeps is its arguments and no job. */
function openBuild(
  request: ExecutionRequest,
  image: WarmImage,
  traits: EngineTraits,
): WarmShape['build'] {
  return (boxId, outputDevice) => {
    const waiting = { ...request, executionId: boxId };
    const config = {
      ...buildContainerConfig(waiting, image, traits, { ...noParts, outputDevice }),
      Entrypoint: ['sh', '-c', launcher],
      Cmd: [],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
    };
    return { request: waiting, config };
  };
}

/** What is left of a job without its code, arguments, variables, files and names. */
function withoutWords({ agentId, devices, limits, workload }: ExecutionRequest): ExecutionRequest {
  const kept: Workload =
    workload.kind === 'script'
      ? { kind: 'script', language: workload.language, code: '', image: workload.image, env: {} }
      : { ...workload, command: null, entrypoint: null, env: {}, stdin: null };
  const nobody = { executionId: '', jobId: 'warm', attempt: 1 };
  return { ...nobody, agentId, workload: kept, inputs: [], limits, network: 'none', devices };
}

function writeStartLine(words: readonly string[], env: Readonly<Record<string, string>>): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  const command = words.map(quote).join(' ');
  return `unset PWD OLDPWD SHLVL; export ${variables.join(' ')}; exec ${command} </dev/null\n`;
}

/** A line has no line breaks: the launcher knows one by a name. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('\n', `'"$_node3_newline"'`)}'`;
}
