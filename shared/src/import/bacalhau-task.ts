import { applyConstraints } from './bacalhau-constraints.ts';
import { readInputs, readOutputs } from './bacalhau-files.ts';
import { type BacalhauHead, nameChars, warnOfMeta } from './bacalhau-job.ts';
import { readNetwork } from './bacalhau-network.ts';
import { readResources } from './bacalhau-resources.ts';
import { readTimeouts } from './bacalhau-timeouts.ts';
import { type ForeignObject, pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec, ImportOptions } from './imported-job.ts';
import {
  checkCommand,
  checkFolder,
  checkImage,
  checkVariableCount,
  checkVariables,
} from './workload-parts.ts';

/** What runs, as one copy of it. Null where the engine is none that is here. */
export function readTask(
  report: ImportReport,
  task: ForeignObject,
  head: BacalhauHead,
  options: ImportOptions,
): ImportedSpec | null {
  const params = readEngine(report, task);
  const taskName = task.text('Name');
  warnOfMeta(report, task);
  const { resources, placement } = applyConstraints(
    report,
    head.constraints,
    readResources(report, task, options),
  );
  const rest = {
    inputs: readInputs(report, task),
    ...readOutputs(report, task),
    resources,
    ...(placement === null ? {} : { placement }),
    ...readNetwork(report, task, options),
    limits: readTimeouts(report, task, options),
  };
  if (params === null) return null;
  const workload = readContainer(report, task, params);
  const name = head.name ?? taskName?.slice(0, nameChars) ?? '';
  return {
    ...(name === '' ? {} : { name }),
    labels: head.labels,
    priority: head.priority,
    workload,
    ...rest,
  };
}

function readEngine(report: ImportReport, task: ForeignObject): ForeignObject | null {
  const engine = task.object('Engine');
  if (engine === undefined) {
    report.refuse(task.at('Engine'), 'is missing', 'Say what runs: "Type": "docker" and Params.');
    return null;
  }
  const type = engine.text('Type')?.toLowerCase();
  const params = engine.object('Params');
  engine.close();
  if (type !== 'docker') {
    const detail = `is ${type ?? 'missing'}: only containers (docker) run here`;
    const fix = 'Put the program into an image; wasmtime and its kind run in containers.';
    report.refuse(engine.at('Type'), detail, fix);
    return null;
  }
  if (params !== undefined) return params;
  report.refuse(engine.at('Params'), 'is missing', 'Name the Image there.');
  return null;
}

function readContainer(
  report: ImportReport,
  task: ForeignObject,
  params: ForeignObject,
): ImportedSpec['workload'] {
  const image = params.text('Image');
  if (image === undefined || image === '') {
    report.refuse(params.at('Image'), 'is missing', 'Name the container image.');
  } else checkImage([report, params.at('Image')], image);
  const entrypoint = commandOf(report, params, 'Entrypoint');
  const command = commandOf(report, params, 'Parameters');
  const workdir = params.text('WorkingDirectory');
  const env = readVariables(report, task, params);
  params.close();
  return {
    kind: 'container',
    image: image ?? '',
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(workdir === undefined || workdir === ''
      ? {}
      : { workdir: checkFolder([report, params.at('WorkingDirectory')], workdir) }),
    env,
  };
}

function commandOf(report: ImportReport, params: ForeignObject, name: string) {
  const parts = params.texts(name);
  return parts === undefined ? undefined : checkCommand([report, params.at(name)], parts);
}

/** Of two values the task's own counts. */
function readVariables(
  report: ImportReport,
  task: ForeignObject,
  params: ForeignObject,
): Record<string, string> {
  const listed: Record<string, string> = {};
  for (const [index, text] of (params.texts('EnvironmentVariables') ?? []).entries()) {
    const equals = text.indexOf('=');
    if (equals > 0) listed[text.slice(0, equals)] = text.slice(equals + 1);
    else {
      const pointer = pointerTo(params.at('EnvironmentVariables'), index);
      report.refuse(pointer, 'must be NAME=value', 'Write the value behind an equals sign.');
    }
  }
  const own = task.record('Env');
  for (const [name, value] of Object.entries(own)) {
    if (!value.startsWith('env:')) continue;
    const detail = "would copy a variable of the provider's machine into the job";
    const fix = 'Write the value itself; what is secret goes into secrets of the job.';
    report.refuse(pointerTo(task.at('Env'), name), detail, fix);
  }
  const env = {
    ...checkVariables([report, params.at('EnvironmentVariables')], listed),
    ...checkVariables([report, task.at('Env')], own),
  };
  checkVariableCount([report, task.at('Env')], Object.keys(env).length + addedVariables);
  return env;
}

/** BACALHAU_ ones, and which of several copies it is. */
const addedVariables = 6;
