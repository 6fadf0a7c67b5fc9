import type { ForeignObject } from './foreign-object.ts';
import { pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';

/** What a Nosana job definition says above its operations. */
export interface NosanaHead {
  /** What operations have that say nothing else. */
  image: string | undefined;
  imagePointer: string;
  gpu: boolean;
  entrypoint: unknown;
  entrypointPointer: string;
  env: Record<string, string>;
  envPointer: string;
  workdir: string | undefined;
  workdirPointer: string;
  variables: Record<string, string>;
  labels: Record<string, string>;
  /** GB that a GPU has to have, each with its place. */
  vram: { gigabytes: number; pointer: string }[];
  isConfidential: boolean;
}

export function readNosanaHead(report: ImportReport, whole: ForeignObject): NosanaHead {
  const version = whole.take('version');
  if (version !== '0.1' && version !== 0.1) {
    report.refuse(whole.at('version'), 'must be "0.1"', 'Write "version": "0.1".');
  }
  if (whole.take('type') !== 'container') {
    report.refuse(whole.at('type'), 'must be "container"', 'Write "type": "container".');
  }
  const isConfidential = whole.take('logistics') !== undefined;
  if (isConfidential) {
    const detail =
      'says that the real definition is sent to the node later: this one has nothing to run';
    const fix =
      'Import the real definition. Values that nobody may read go into secrets of the job.';
    report.refuse(whole.at('logistics'), detail, fix);
  }
  const deployment = whole.text('deployment_id');
  const labels: Record<string, string> = { api: 'nosana' };
  if (deployment !== undefined) labels['deployment'] = deployment.slice(0, 256);
  return { ...readGlobal(whole), labels, vram: readMeta(report, whole), isConfidential };
}

function readGlobal(whole: ForeignObject) {
  const global = whole.object('global');
  const pointer = (name: string) => pointerTo(whole.at('global'), name);
  const read = {
    image: global?.text('image'),
    imagePointer: pointer('image'),
    gpu: global?.flag('gpu') ?? false,
    entrypoint: global?.take('entrypoint'),
    entrypointPointer: pointer('entrypoint'),
    env: global?.record('env') ?? {},
    envPointer: pointer('env'),
    workdir: global?.text('work_dir'),
    workdirPointer: pointer('work_dir'),
    variables: global?.record('variables') ?? {},
  };
  global?.close();
  return read;
}

/** Both names are in use for what the node has to have. */
const requirementNames = ['system_requirements', 'system_resources'];

function readMeta(report: ImportReport, whole: ForeignObject): NosanaHead['vram'] {
  const meta = whole.object('meta');
  if (meta === undefined) return [];
  meta.ignore('trigger');
  const found = requirementNames.flatMap((name) => {
    const given = meta.object(name);
    if (given === undefined) return [];
    const vram = readVram(report, given);
    given.close();
    return vram;
  });
  meta.close();
  return found;
}

/** `required_vram`, as a number or as text of one. */
export function readVram(report: ImportReport, given: ForeignObject): NosanaHead['vram'] {
  const value = given.take('required_vram');
  if (value === undefined) return [];
  const pointer = given.at('required_vram');
  const gigabytes = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof gigabytes === 'number' && gigabytes > 0 && gigabytes <= 4_096) {
    return [{ gigabytes, pointer }];
  }
  report.refuse(pointer, 'must be GB of GPU memory', 'Write a number such as 24.');
  return [];
}
