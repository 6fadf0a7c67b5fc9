import type { ForeignObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec } from './imported-job.ts';
import { type GpuWishes, gpusOf } from './nosana-gpus.ts';
import { type NosanaHead, readVram } from './nosana-head.ts';
import type { Operation } from './nosana-operation.ts';
import type { Hydration } from './nosana-operators.ts';
import { readResources } from './nosana-resources.ts';
import { refuseService } from './nosana-services.ts';
import {
  checkCommand,
  checkFolder,
  checkImage,
  checkVariableCount,
  checkVariables,
  outputPath,
  outputPlaceFix,
} from './workload-parts.ts';

/** What all operations of a document have in common. */
export interface Shared extends Pick<ImportedSpec, 'network' | 'limits'> {
  head: NosanaHead;
  wishes: GpuWishes;
}

interface Surroundings {
  name: string;
  hydration: Hydration;
  shared: Shared;
}

type Container = Pick<Operation, 'spec' | 'volumes' | 'aliasPointer'>;

/** The arguments of `container/run`. */
export function readContainer(
  report: ImportReport,
  args: ForeignObject,
  { name, hydration, shared }: Surroundings,
): Container {
  const { head, wishes, network, limits: times } = shared;
  const aliasPointer = args.take('aliases') === undefined ? null : args.at('aliases');
  const volumes = args.objects('volumes').map((volume) => {
    const [volumeName, dest] = [volume.text('name') ?? '', volume.text('dest') ?? ''];
    volume.close();
    return { name: volumeName, dest, pointer: volume.pointer };
  });
  refuseService(report, args);
  const vram = [...head.vram, ...readVram(report, args)];
  const gpu = args.flag('gpu') ?? head.gpu;
  const [asked] = vram;
  if (!gpu && asked !== undefined) {
    report.warn(
      asked.pointer,
      'is GPU memory, and the operation asks for no GPU',
      'Write "gpu": true.',
    );
  }
  const inputs = readResources(report, args);
  const spec: ImportedSpec = {
    name,
    labels: head.labels,
    workload: readWorkload(report, args, head, hydration.jobId(name)),
    ...(inputs.length === 0 ? {} : { inputs }),
    ...readOutput(report, args),
    resources: gpu ? { gpus: gpusOf(wishes, vram) } : {},
    ...(network === undefined ? {} : { network }),
    ...(times === undefined ? {} : { limits: times }),
  };
  args.close();
  return { spec, volumes, aliasPointer };
}

function readWorkload(
  report: ImportReport,
  args: ForeignObject,
  head: NosanaHead,
  jobId: string,
): ImportedSpec['workload'] {
  const own = args.text('image');
  const image = own ?? head.image ?? '';
  const imagePointer =
    own === undefined && head.image !== undefined ? head.imagePointer : args.at('image');
  if (image === '') report.refuse(imagePointer, 'is missing', 'Name the container image.');
  else checkImage([report, imagePointer], image);
  const command = commandOf(report, args.take('cmd'), args.at('cmd'), 'shell');
  const ownEntry = args.take('entrypoint');
  const entrypoint =
    ownEntry === undefined
      ? commandOf(report, head.entrypoint, head.entrypointPointer, 'word')
      : commandOf(report, ownEntry, args.at('entrypoint'), 'word');
  const workdir = args.text('work_dir');
  const [folder = '', folderPointer] =
    workdir === undefined ? [head.workdir, head.workdirPointer] : [workdir, args.at('work_dir')];
  return {
    kind: 'container',
    image,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(folder === '' ? {} : { workdir: checkFolder([report, folderPointer], folder) }),
    env: { ...readVariables(report, args, head), NOSANA_ID: jobId },
  };
}

/** A command of one text is for a shell; an entrypoint of one text is one word. */
function commandOf(
  report: ImportReport,
  value: unknown,
  pointer: string,
  textIs: 'shell' | 'word',
): string[] | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    return checkCommand([report, pointer], textIs === 'shell' ? ['/bin/sh', '-c', value] : [value]);
  }
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) {
    return checkCommand([report, pointer], value);
  }
  report.refuse(pointer, 'must be text or a list of texts', 'Write the command there.');
  return undefined;
}

function readVariables(report: ImportReport, args: ForeignObject, head: NosanaHead) {
  const env = {
    ...checkVariables([report, head.envPointer], head.env),
    ...checkVariables([report, args.at('env')], args.record('env')),
  };
  checkVariableCount([report, args.at('env')], Object.keys(env).length + 1);
  return env;
}

/** Older definitions name the folder that is kept. */
function readOutput(report: ImportReport, args: ForeignObject): Pick<ImportedSpec, 'outputs'> {
  const given = args.take('output');
  if (given === undefined) return {};
  const path = typeof given === 'string' ? outputPath(given) : null;
  if (path === null) {
    const detail = 'is no folder that a job can write to and that is kept';
    report.refuse(args.at('output'), detail, outputPlaceFix);
    return {};
  }
  return path === '' ? {} : { outputs: [{ path, required: false }] };
}
