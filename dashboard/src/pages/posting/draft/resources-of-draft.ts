import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { DraftProblems } from './draft-problems.ts';
import type { JobDraft } from './job-draft.ts';
import { given, readSize, readWhole } from './read-fields.ts';

export function resourcesOfDraft(
  problems: DraftProblems,
  draft: JobDraft,
): JobSpecInput['resources'] {
  const { cpus, arch } = draft;
  const cores = Number(cpus);
  const isCores = cpus.trim() === '' || (cores >= 0.1 && cores <= limits.cpusMax);
  problems.when(!isCores, '/resources/cpus', 'number');
  return given({
    gpus: gpusOf(problems, draft),
    cpus: cpus.trim() === '' || !isCores ? undefined : cores,
    memoryBytes: readSize(problems, '/resources/memoryBytes', draft.memory),
    diskBytes: readSize(problems, '/resources/diskBytes', draft.disk),
    shmBytes: readSize(problems, '/resources/shmBytes', draft.shm),
    arch: arch === '' ? undefined : arch,
  });
}

function gpusOf(problems: DraftProblems, draft: JobDraft) {
  const range = { min: 0, max: limits.gpusPerJob };
  const count = readWhole(problems, '/resources/gpus/count', draft.gpuCount, range) ?? 0;
  if (count === 0) return undefined;
  const { gpuVendor: vendor, gpuModels: models, gpuFramework: framework } = draft;
  const capability = draft.gpuCapability.trim();
  const isCapability = capability === '' || /^\d{1,2}\.\d$/.test(capability);
  problems.when(!isCapability, '/resources/gpus/computeCapabilityMin', 'capability');
  return {
    count,
    ...given({
      vendor: vendor === '' ? undefined : vendor,
      models: models.length === 0 ? undefined : models,
      memoryBytesMin: readSize(problems, '/resources/gpus/memoryBytesMin', draft.gpuMemory),
      computeCapabilityMin: capability === '' ? undefined : capability,
      framework: framework === '' ? undefined : framework,
    }),
  };
}

export function runLimitsOfDraft(problems: DraftProblems, draft: JobDraft): JobSpecInput['limits'] {
  const seconds = (name: string, text: string, max: number) =>
    readWhole(problems, `/limits/${name}`, text, { min: 1, max });
  return given({
    queueSec: seconds('queueSec', draft.queueSec, limits.queueSecMax),
    pullSec: seconds('pullSec', draft.pullSec, limits.pullSecMax),
    runSec: seconds('runSec', draft.runSec, limits.runSecMax),
    progressSec: seconds('progressSec', draft.progressSec, limits.runSecMax),
    logBytes: readSize(problems, '/limits/logBytes', draft.logSize),
  });
}
