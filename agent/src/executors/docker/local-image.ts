import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { execPath } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { ExecutionError } from '../execution-error.ts';
import type { ScriptLanguage } from '../executor.ts';
import { engineStatus } from './engine-error.ts';
import {
  describeFile,
  findPrograms,
  findPython,
  type ImageFile,
  listPythonFiles,
  listSharedLibraries,
} from './local-image-files.ts';

export interface LocalImageDeps {
  docker: Docker;
  log: Logger;
}

export interface LocalBaseImage {
  image: string;
  /** Which script languages can run in it. */
  languages: Record<ScriptLanguage, boolean>;
}

const usualName = 'node3/base:local';
const contentLabel = 'node3.content';
/** Part of the content key: raised when this file lays the image out differently. */
const layoutVersion = 1;

/**
 * Makes sure that `node3/base:local` exists: a small image of this machine's own shell, basic
 * programs, Node and (where present) Python, so that the first run and the tests need no
 * registry. The image is rebuilt only when one of those files has changed.
 * @param name where it is not there as it should be, it is made under this name.
 * @throws ExecutionError `engine_error` when the machine is not Linux.
 */
export async function ensureLocalImage(
  deps: LocalImageDeps,
  name = usualName,
): Promise<LocalBaseImage> {
  if (process.platform !== 'linux') {
    throw new ExecutionError('engine_error', 'The local image can be built on Linux only.');
  }
  const node = await describeFile(execPath, '/bin/node');
  const programs = await findPrograms();
  const python = await findPython();
  const pythonFiles = python === null ? [] : await listPythonFiles(python);
  const files = [...programs, ...(node === null ? [] : [node]), ...pythonFiles];
  const key = contentKey(files);
  const isHere = (await readContentLabel(deps.docker, usualName)) === key;
  const image = isHere ? usualName : name;
  if (!isHere) {
    const binaries = files.filter(isBinary).map((file) => file.source);
    const libraries = await listSharedLibraries([...new Set(binaries)]);
    const pythonDirectory = python === null ? null : python.executable.replace(/\/[^/]+$/, '');
    await importImage(deps.docker, [...files, ...libraries], key, pythonDirectory, name);
    deps.log.info({ image, files: files.length }, 'local image built');
  }
  const has = (program: string) => files.some((file) => file.target === `/bin/${program}`);
  const languages = {
    python: python !== null,
    javascript: has('node'),
    typescript: has('node'),
    bash: has('bash'),
  };
  return { image, languages };
}

function isBinary(file: ImageFile): boolean {
  return !/\.(?:py|txt|cfg|csh|fish|ps1|pyi)$/i.test(file.target) && /bin\/|\.so/.test(file.target);
}

function contentKey(files: readonly ImageFile[]): string {
  const hash = createHash('sha256').update(`layout ${layoutVersion}\n`);
  for (const file of [...files].sort((a, b) => (a.target < b.target ? -1 : 1))) {
    hash.update(`${file.target}\0${file.source}\0${file.sizeBytes}\0${file.modifiedAtMs}\n`);
  }
  return hash.digest('hex');
}

async function readContentLabel(docker: Docker, image: string): Promise<string | null> {
  try {
    const { Config } = await docker.getImage(image).inspect();
    return Config.Labels?.[contentLabel] ?? null;
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

/** @returns the image's name. */
export async function importImage(
  docker: Docker,
  files: readonly ImageFile[],
  key: string,
  pythonDirectory: string | null,
  name = usualName,
): Promise<string> {
  const searchPath = ['/bin', '/usr/bin', ...(pythonDirectory === null ? [] : [pythonDirectory])];
  const changes = [
    `LABEL ${contentLabel}=${key}`,
    `ENV PATH=${[...new Set(searchPath)].join(':')}`,
    'CMD ["sh"]',
  ];
  const pack = tar.pack();
  const written = writeImage(pack, files);
  // The engine's answer is what is waited for; a failure here also breaks the stream it reads.
  written.catch(() => {});
  // Both in one: Podman overlooks a tag of its own and takes `latest`.
  const query = { repo: name, changes };
  const answer = await docker.importImage(Readable.from(pack), query);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error === null ? resolve() : reject(error)));
  });
  await written;
  return name;
}

async function writeImage(pack: tar.Pack, files: readonly ImageFile[]): Promise<void> {
  try {
    for (const folder of [
      'tmp',
      'run',
      'input',
      'output',
      'outputs',
      'job',
      'proc',
      'sys',
      'dev',
    ]) {
      pack.entry({
        name: `${folder}/`,
        type: 'directory',
        mode: folder === 'tmp' ? 0o1777 : 0o755,
      });
    }
    pack.entry({ name: 'etc/passwd', mode: 0o644 }, passwd);
    pack.entry({ name: 'etc/group', mode: 0o644 }, 'root:x:0:\nnogroup:x:65534:\n');
    const unique = new Map(files.map((file) => [file.target, file]));
    for (const file of unique.values()) {
      const mode = isBinary(file) ? 0o755 : 0o644;
      const header = { name: file.target.slice(1), mode, size: file.sizeBytes };
      await pipeline(createReadStream(file.source), pack.entry(header));
    }
    pack.finalize();
  } catch (error) {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

const passwd = 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n';
