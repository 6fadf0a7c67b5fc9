import type { JobSpec } from '@node3/shared/job-spec';
import type { CommandSpec } from './job-definition.ts';

/** A stored spec as a definition: without the values of its environment, which may be secrets. */
export function toDefinition(jobId: string, spec: JobSpec) {
  const { workload, placement, limits, labels, price } = spec;
  const names = Object.keys(workload.env ?? {}).map((name) => [name, '[hidden]']);
  const isContainer = workload.kind === 'container';
  return {
    job_id: jobId,
    name: spec.name ?? '',
    command: toCommand(spec),
    image: workload.image,
    env: Object.fromEntries(names) as Record<string, string>,
    requirements: toRequirements(spec),
    scheduling: {
      priority: `PRIORITY_${spec.priority.toUpperCase()}`,
      preemption_allowed: placement.interruptible,
      preferred_region: placement.regions?.join(',') ?? '',
      required_labels: placement.labels,
    },
    timeout_ms: limits.runSec * 1_000,
    working_dir: (isContainer ? workload.workdir : undefined) ?? '',
    stdin: (isContainer ? workload.stdin : undefined) ?? '',
    inputs: urlsOf(spec),
    allow_retry: spec.retry.attemptsMax > 1,
    max_attempts: spec.retry.attemptsMax,
    price: price.kind === 'fixed' ? price.reward : price.cap,
    labels,
  };
}

/** null for what the image starts by itself. */
export function toCommand({ workload }: Pick<JobSpec, 'workload'>): CommandSpec | null {
  if (workload.kind === 'script') {
    const interpreter = workload.language === 'javascript' ? 'node' : workload.language;
    return { script: { interpreter, content: workload.code } };
  }
  const [cmd, ...args] = [...(workload.entrypoint ?? []), ...(workload.command ?? [])];
  return cmd === undefined ? null : { shell: { cmd, args } };
}

export function toRequirements({ resources }: Pick<JobSpec, 'resources'>) {
  const { gpus, cpus, memoryBytes, diskBytes, arch } = resources;
  const architecture = arch === null ? 'any' : arch === 'x64' ? 'x86_64' : 'arm64';
  return {
    cpu_cores: cpus,
    memory_bytes: memoryBytes,
    disk_bytes: diskBytes,
    gpu_count: gpus?.count ?? 0,
    gpu_types: gpus?.models ?? [],
    architecture,
  };
}

/** Those that are fetched from a URL, by it. */
export function urlsOf({ inputs }: Pick<JobSpec, 'inputs'>): Record<string, string> {
  return Object.fromEntries(
    inputs.flatMap(({ path, source }) => (source.kind === 'url' ? [[source.url, path]] : [])),
  );
}
