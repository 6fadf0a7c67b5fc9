import { execFile } from 'node:child_process';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const runOptions = { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 };

/** A file of this machine and the place it gets in the image. */
export interface ImageFile {
  source: string;
  target: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

export interface PythonHome {
  executable: string;
  /** The standard library, such as `/usr/lib/python3.11`. */
  library: string;
}

const programs =
  'sh bash cat chmod echo ln ls sleep env head tail wc seq grep sed id true false mkdir touch rm cp mv dd df sort tr cut date test uname sha256sum'.split(
    ' ',
  );
const searchPath = ['/bin', '/usr/bin'];

/** Parts of the standard library that jobs do not need and that make up most of it. */
const librarySkipped = new Set(
  'test tests __pycache__ site-packages dist-packages idlelib lib2to3 ensurepip tkinter turtledemo pydoc_data distutils'.split(
    ' ',
  ),
);

/** @returns the small programs this machine has, as `/bin/<name>` in the image. */
export async function findPrograms(): Promise<ImageFile[]> {
  const found = await Promise.all(
    programs.map(async (name) => {
      for (const directory of searchPath) {
        const file = await describeFile(path.join(directory, name), `/bin/${name}`);
        if (file !== null) return file;
      }
      return null;
    }),
  );
  return found.filter((file) => file !== null);
}

/** @returns null when the file is not there. Links are followed: the image gets the content. */
export async function describeFile(source: string, target: string): Promise<ImageFile | null> {
  try {
    const real = await realpath(source);
    const { size, mtimeMs } = await stat(real);
    return { source: real, target, sizeBytes: size, modifiedAtMs: Math.floor(mtimeMs) };
  } catch {
    return null;
  }
}

/** The distribution's Python first: one on the PATH may be a wrapper or hundreds of megabytes. */
export async function findPython(): Promise<PythonHome | null> {
  const question =
    'import sys, sysconfig; print(sys.executable); print(sysconfig.get_path("stdlib"))';
  for (const candidate of ['/usr/bin/python3', '/usr/local/bin/python3', 'python3']) {
    try {
      const { stdout } = await run(candidate, ['-I', '-c', question], runOptions);
      const [executable, library] = stdout.trim().split('\n');
      if (executable === undefined || library === undefined) continue;
      return { executable: await realpath(executable), library };
    } catch {
      // Not there or broken: the next candidate may do.
    }
  }
  return null;
}

/** @returns the files of a Python installation at their own paths, which it computes from. */
export async function listPythonFiles(home: PythonHome): Promise<ImageFile[]> {
  const entries = await readdir(home.library, { recursive: true, withFileTypes: true });
  const wanted = entries.filter((entry) => {
    if (!entry.isFile() || entry.name.endsWith('.a')) return false;
    const relative = path.relative(home.library, entry.parentPath);
    return !relative.split(path.sep).some((part) => isSkipped(part));
  });
  const library = wanted.map((entry) => path.join(entry.parentPath, entry.name));
  const described = await Promise.all(library.map((file) => describeFile(file, file)));
  const executable = await Promise.all([
    describeFile(home.executable, home.executable),
    describeFile(home.executable, path.join(path.dirname(home.executable), 'python3')),
  ]);
  return [...described, ...executable].filter((file) => file !== null);
}

function isSkipped(part: string): boolean {
  return librarySkipped.has(part) || part.startsWith('config-');
}

/** @returns every shared library the given binaries load, at the path they ask for. */
export async function listSharedLibraries(binaries: readonly string[]): Promise<ImageFile[]> {
  // ldd fails when one of several files is not dynamic, but prints the others all the same.
  const { stdout } = await run('ldd', [...binaries], runOptions).catch((error: unknown) => {
    // One that was stopped for its slowness has left some out, and the image would lack them for good.
    const isComplete = error instanceof Error && 'killed' in error && error.killed === false;
    if (isComplete && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  const targets = parseLdd(stdout);
  const files = await Promise.all(targets.map((target) => describeFile(target, target)));
  return files.filter((file) => file !== null);
}

/** @returns the absolute paths in ldd's output, each once: `name => path (address)` or `path (address)`. */
export function parseLdd(output: string): string[] {
  const paths = [...output.matchAll(/(?:=>\s*|^\s+)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
  return [...new Set(paths)].sort();
}
