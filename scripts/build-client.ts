import { execFile } from 'node:child_process';
import { copyFile, glob, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const client = path.join(root, 'client');

/**
 * Builds the package `@node3/client` as it is published: JavaScript for any bundler, types that stand
 * alone, and a manifest without dependencies. `npm publish client/dist` would send it.
 */
export async function buildClient(outDir = path.join(client, 'dist')): Promise<string> {
  await rm(outDir, { recursive: true, force: true });
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', path.join(client, 'tsconfig.build.json'), '--outDir', outDir];
  await promisify(execFile)(process.execPath, args);
  for await (const entry of glob('**/*.d.ts', { cwd: outDir })) {
    const file = path.join(outDir, entry);
    const text = await readFile(file, 'utf8');
    // The compiler turns the names of imported files into those of JavaScript in JavaScript only.
    await writeFile(file, text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  }
  await copyFile(path.join(root, 'LICENSE'), path.join(outDir, 'LICENSE'));
  await copyFile(path.join(client, 'README.md'), path.join(outDir, 'README.md'));
  await writeFile(path.join(outDir, 'package.json'), await publishedManifest());
  return outDir;
}

async function publishedManifest(): Promise<string> {
  const text = await readFile(path.join(client, 'package.json'), 'utf8');
  const { name, version, description, license } = JSON.parse(text) as Record<string, string>;
  const manifest = {
    name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22' },
    exports: { '.': { types: './entry.d.ts', default: './entry.js' } },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
