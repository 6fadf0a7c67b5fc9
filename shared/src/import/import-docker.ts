import { allowedNetwork, type ImportedNetwork } from './allowed-hosts.ts';
import { type DockerLine, readDockerLine } from './docker-line.ts';
import type { TakenOption } from './docker-options.ts';
import { readDockerResources } from './docker-resources.ts';
import { importLimits } from './import-limits.ts';
import { ImportReport } from './import-report.ts';
import type { ImportedJob, ImportedSpec, ImportOptions } from './imported-job.ts';
import { runTimeOf } from './run-time.ts';
import {
  checkCommand,
  checkFolder,
  checkImage,
  checkVariableCount,
  checkVariables,
} from './workload-parts.ts';

/**
 * Makes a job of the line that starts a container with Docker. The pointer of a finding is the option
 * that it is about, such as `/--volume`. Throws IMPORT_REFUSED.
 */
export function importDocker(document: unknown, options: ImportOptions = {}): ImportedJob {
  const report = new ImportReport();
  if (typeof document !== 'string' || document.length > importLimits.documentBytes) {
    const detail = `must be one line of text of at most ${importLimits.documentBytes} characters`;
    report.refuse('', detail, 'Write it as in a terminal: docker run IMAGE COMMAND.');
    return report.finish([]);
  }
  const line = readDockerLine(report, document);
  const last = (name: TakenOption) => line.options.findLast((one) => one.name === name)?.value;
  const resources = readDockerResources(report, line, options);
  const spec: ImportedSpec = {
    workload: readWorkload(report, line, last),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...networkOf(report, last('--network'), options),
    ...runTimeOf(report, options),
  };
  const given = last('--name');
  if (given !== undefined) spec.name = readName(report, given);
  return report.finish([
    { name: spec.name ?? baseName(spec.workload.image ?? ''), after: [], spec },
  ]);
}

function readWorkload(
  report: ImportReport,
  line: DockerLine,
  last: (name: TakenOption) => string | undefined,
): ImportedSpec['workload'] {
  const [image, ...parts] = line.rest ?? [];
  if (line.rest?.length === 0) {
    report.refuse('/IMAGE', 'is missing: no image was found', 'Name it behind the options.');
  }
  const command = checkCommand([report, '/COMMAND'], parts);
  const entrypoint = last('--entrypoint');
  const workdir = last('--workdir');
  const env = readVariables(report, line);
  if (entrypoint === '') {
    const fix = 'Name the program that is to run as --entrypoint.';
    report.refuse('/--entrypoint', 'is empty, and a job keeps that of its image', fix);
  }
  return {
    kind: 'container',
    image: checkImage([report, '/IMAGE'], image ?? 'missing'),
    ...(command !== undefined && { command }),
    ...(entrypoint !== undefined && {
      entrypoint: checkCommand([report, '/--entrypoint'], [entrypoint]) ?? [],
    }),
    ...(workdir !== undefined && { workdir: checkFolder([report, '/--workdir'], workdir) }),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

function readVariables(report: ImportReport, { options }: DockerLine): Record<string, string> {
  const given: [name: string, value: string][] = [];
  for (const { name: option, value: text } of options) {
    if (option !== '--env') continue;
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) given.push([name, value]);
    else {
      const detail = `${text.slice(0, 64)} takes its value from your shell, which nobody here knows`;
      report.refuse(
        '/--env',
        detail,
        'Write the value: --env NAME=VALUE; of a secret, post a job with secrets.',
      );
    }
  }
  checkVariableCount([report, '/--env'], given.length);
  return checkVariables([report, '/--env'], Object.fromEntries(given));
}

/** Containers of Docker reach the Internet unless their network is none. */
function networkOf(
  report: ImportReport,
  network: string | undefined,
  { allowHosts }: ImportOptions,
): ImportedNetwork {
  const pointer = '/--network';
  if (network !== undefined && !['none', 'bridge', 'default'].includes(network)) {
    const detail = `is "${network.slice(0, 40)}", and a job is in no network but its own`;
    report.refuse(
      pointer,
      detail,
      'Leave it out, and name the hosts that it may reach when you import it.',
    );
  }
  if (allowHosts !== undefined) return allowedNetwork(report, pointer, allowHosts);
  if (network !== 'none') {
    const message =
      'is none here: it reaches no host, while containers of Docker reach the Internet';
    report.warn(pointer, message, 'Name the hosts that it may reach when you import it.');
  }
  return {};
}

function readName(report: ImportReport, name: string): string {
  if (name.length < 1 || name.length > 128) {
    report.refuse('/--name', 'has not 1 to 128 characters', 'Write a shorter one.');
  }
  return name;
}

/** `pytorch` of `docker.io/pytorch/pytorch:2.9`. */
function baseName(image: string): string {
  const [path = ''] = image.split(/[:@](?!.*\/)/);
  return path.split('/').at(-1) ?? image;
}
