import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { firstLoadFile, measureFirstLoad } from './first-load.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dashboard = path.join(root, 'dashboard');
const dist = path.join(dashboard, 'dist');
const hashFile = '.build-hash';

/** Everything the built files depend on, relative to the repository. */
const inputs = [
  'dashboard/index.html',
  'dashboard/package.json',
  'dashboard/public/**/*',
  'dashboard/src/**/*',
  'dashboard/*.ts',
  'shared/src/**/*.ts',
  'scripts/build-dashboard.ts',
  'scripts/first-load.ts',
  'package-lock.json',
];

/** Below this many bytes a header costs as much as is saved. */
const compressedFrom = 1_024;
/** The best one takes six times as long for a twentieth less (measured on this app, 2026-11). */
const brotliQuality = 9;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** A build that takes longer than this says so; the usual start, with nothing to do, is silent. */
const quietMs = 1_000;

/** A digest of all inputs by content: times and the order of a checkout don't matter. */
async function hashInputs(): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob(inputs, { cwd: root, withFileTypes: true })) {
    const file = path.relative(root, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && !/\.test\.tsx?$/.test(file)) files.push(file);
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(path.join(root, file));
    hash.update(`${file.replaceAll(path.sep, '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function readBuiltHash(): Promise<string | null> {
  try {
    return await readFile(path.join(dist, hashFile), 'utf8');
  } catch {
    // No build yet, or one that is older than the hash file.
    return null;
  }
}

/**
 * Builds `dashboard/dist` when an input changed since the last build. The new files are put in
 * place by a rename, so a build that fails or is stopped leaves the old ones working.
 */
export async function buildDashboard(print: (line: string) => void): Promise<'built' | 'current'> {
  const wanted = await hashInputs();
  if (wanted === (await readBuiltHash())) return 'current';
  const notice = setTimeout(() => print('Building the web app.'), quietMs);
  const fresh = path.join(root, 'node_modules', '.cache', `node3-dashboard-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    const { build } = await import('vite');
    const built = await build({
      root: dashboard,
      configFile: path.join(dashboard, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    });
    // One file for pages of others, who load it by its name: without React, and without parts.
    await build({
      root: dashboard,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      build: {
        outDir: path.join(fresh, 'embed'),
        emptyOutDir: false,
        target: 'es2023',
        reportCompressedSize: false,
        lib: {
          entry: 'src/embed/node3-job.ts',
          formats: ['iife'],
          name: 'node3Job',
          fileName: () => 'node3-job.js',
        },
      },
    });
    if (!('output' in built)) throw new Error('vite built something else than one app');
    const firstLoad = JSON.stringify(measureFirstLoad(built.output));
    await writeFile(path.join(fresh, firstLoadFile), firstLoad);
    await compressAll(fresh);
    await writeFile(path.join(fresh, hashFile), wanted);
    await mkdir(dist, { recursive: true });
    await rename(dist, old);
    await rename(fresh, dist);
  } finally {
    clearTimeout(notice);
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return 'built';
}

/** Whoever asks for a file gets it as it lies here; nothing is compressed while somebody waits. */
async function compressAll(folder: string): Promise<void> {
  for await (const entry of glob('**/*.{html,js,css,svg}', { cwd: folder })) {
    const file = path.join(folder, entry);
    const content = await readFile(file);
    if (content.length < compressedFrom) continue;
    const quality = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
    await writeFile(`${file}.br`, await brotli(content, { params: quality }));
    await writeFile(`${file}.gz`, await zip(content, { level: 9 }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildDashboard((line) => process.stdout.write(`${line}\n`));
}
