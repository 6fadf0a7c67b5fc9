import { writeGpuSyntax } from '@node3/shared/gpu/gpu-syntax';
import type { JobSpecInput, Language } from '@node3/shared/job-spec';
import { shellQuote } from '../../../shell-command.ts';
import type { PostRequest } from '../draft/job-start.ts';

const extensions: Record<Language, string> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  bash: 'sh',
};

/** `node3 run` where its options say all of the job; otherwise the request as a file. */
export function cliText(spec: JobSpecInput): string | null {
  const options = runOptions(spec);
  if (options === null) return null;
  const { workload } = spec;
  if (workload.kind === 'script') {
    const file = `job.${extensions[workload.language]}`;
    return `${hereDocument(file, workload.code)}\nnode3 run ${[file, ...options].join(' ')}`;
  }
  const command = (workload.command ?? []).map(shellQuote);
  const words = command.length === 0 ? options : [...options, '--', ...command];
  return `node3 run ${words.join(' ')}`;
}

/** Any request of the API: its body travels in a file. */
export function cliRequestText({ url, body }: PostRequest): string {
  const file = hereDocument('job.json', `${JSON.stringify(body, null, 2)}\n`);
  return `${file}\nnode3 api POST ${shellQuote(url)} --input job.json`;
}

/** A word that ends the text and is no line of it. */
function hereDocument(file: string, text: string): string {
  const lines = new Set(text.split('\n'));
  let word = 'END';
  while (lines.has(word)) word += '_';
  return `cat > ${file} <<'${word}'\n${text.replace(/\n$/, '')}\n${word}`;
}

/** What each part of a spec is as options; null where there is none for something in it. */
function runOptions(spec: JobSpecInput): string[] | null {
  const { name, labels, priority, workload, inputs, outputs, secrets, retry, after, cache } = spec;
  const unsaid = [inputs, outputs, secrets, retry, after, cache];
  const parts = [
    workloadOptions(workload),
    resourceOptions(spec.resources),
    placementOptions(spec.placement),
    limitOptions(spec.limits),
  ];
  if (unsaid.some((part) => part !== undefined) || parts.includes(null)) return null;
  return [
    ...option('--name', name),
    ...Object.entries(labels ?? {}).flatMap(([key, value]) => option('--label', `${key}=${value}`)),
    ...option('--priority', priority),
    ...parts.flatMap((part) => part ?? []),
    ...(spec.network?.kind === 'egress'
      ? option('--allow-hosts', spec.network.hosts.join(','))
      : []),
    ...priceOptions(spec.price),
  ];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, shellQuote(String(value))];
}

function workloadOptions(workload: JobSpecInput['workload']): string[] | null {
  if ('input' in workload && workload.input !== undefined) return null;
  if (workload.kind === 'container') {
    const { entrypoint, workdir, stdin, image, command } = workload;
    const isUnsaid = [entrypoint, workdir, stdin].some((part) => part !== undefined);
    if (isUnsaid || (image === undefined && command === undefined)) return null;
  }
  const env = Object.entries(workload.env ?? {});
  return [
    ...option('--image', workload.image),
    ...env.flatMap(([name, value]) => option('-e', `${name}=${value}`)),
  ];
}

function resourceOptions(resources: JobSpecInput['resources'] = {}): string[] | null {
  const { gpus, cpus, memoryBytes, diskBytes, shmBytes, arch } = resources;
  if (shmBytes !== undefined || arch !== undefined) return null;
  return [
    ...option('--gpu', gpus === undefined ? undefined : writeGpuSyntax(gpus)),
    ...option('--cpus', cpus),
    ...option('--memory', memoryBytes),
    ...option('--disk', diskBytes),
  ];
}

function placementOptions(placement: JobSpecInput['placement'] = {}): string[] | null {
  const { agentsBlocked, providersBlocked, labels, ...said } = placement;
  if ([agentsBlocked, providersBlocked, labels].some((part) => part !== undefined)) return null;
  // Without a container there is no image, which the command says in its own way.
  if (said.isolationMin === 'native') return null;
  return [
    ...option('--isolation', said.isolationMin),
    ...option('--region', said.regions?.join(',')),
    ...option('--agent', said.agents?.join(',')),
    ...option('--provider', said.providers?.join(',')),
    ...option('--strategy', said.strategy),
    ...(said.interruptible === true ? ['--interruptible'] : []),
  ];
}

function limitOptions(limits: JobSpecInput['limits'] = {}): string[] | null {
  const { runSec, queueSec, pullSec, progressSec, logBytes } = limits;
  if ([pullSec, progressSec, logBytes].some((part) => part !== undefined)) return null;
  return [
    ...option('--timeout', runSec === undefined ? undefined : `${runSec}s`),
    ...option('--queue-timeout', queueSec === undefined ? undefined : `${queueSec}s`),
  ];
}

function priceOptions(price: JobSpecInput['price']): string[] {
  if (price.kind === 'fixed') {
    return [...option('--reward', price.reward.amount), ...option('--asset', price.reward.asset)];
  }
  return [
    ...option('--bid', price.bidPerGpuHour.amount),
    ...option('--cap', price.cap.amount),
    ...option('--asset', price.cap.asset),
  ];
}
