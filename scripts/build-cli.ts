import { copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = path.join(root, 'cli');

/**
 * Commands that are a service themselves, or stand on one: they need native modules, worker files and
 * the web app, which come with the repository and the image.
 */
const servicesOnly: Record<string, readonly string[]> = {
  up: ['runUp'],
  localnet: ['runLocalnet'],
  'agent-start': ['runAgent'],
  'agent-doctor': ['examine'],
  'init-provider': ['initialiseProvider'],
  'admin-db': ['showSchema', 'migrateDatabase'],
  'admin-backup': ['backUp', 'restore', 'copyDatabase'],
};

/**
 * Builds the command as a package without dependencies: JavaScript, one file for each command, and the
 * programs `node3`, `node3-admin` and `node3-agent`. `npm pack cli/dist` makes the archive.
 */
export async function buildCli(outDir = path.join(cli, 'dist')): Promise<string> {
  await rm(outDir, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { main: path.join(cli, 'src/main.ts') },
    platform: 'node',
    // Optional speed-ups that their users do without.
    external: ['bufferutil', 'utf-8-validate'],
    plugins: [withoutServices()],
  });
  const { output } = await bundle.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'parts/[name]-[hash].mjs',
  });
  await bundle.close();
  requireWhole(
    output.flatMap((part) =>
      part.type === 'chunk' ? [...part.imports, ...part.dynamicImports] : [],
    ),
  );
  await cp(path.join(cli, 'bin'), path.join(outDir, 'bin'), { recursive: true });
  await copyFile(path.join(root, 'LICENSE'), path.join(outDir, 'LICENSE'));
  await copyFile(path.join(cli, 'README.md'), path.join(outDir, 'README.md'));
  await writeFile(path.join(outDir, 'package.json'), await publishedManifest());
  return outDir;
}

/** Their commands stay and say where they are to be had. */
function withoutServices(): Plugin {
  return {
    name: 'without-services',
    load(id) {
      const names = servicesOnly[path.basename(id, '.ts')];
      if (names === undefined || path.dirname(id) !== path.join(cli, 'src/commands')) return null;
      const notHere =
        "throw new CommandError('failure', 'This package has no service in it.', 'Run it from the repository or the image: docs/guides/deploy.md')";
      const functions = names.map((name) => `export async function ${name}() { ${notHere}; }`);
      return ["import { CommandError } from '../command-error.ts';", ...functions].join('\n');
    },
  };
}

/** What is imported from outside would be missing where the package is installed. */
function requireWhole(imports: readonly string[]): void {
  const outside = imports.filter(
    (name) => !name.startsWith('node:') && !builtinModules.includes(name) && !name.endsWith('.mjs'),
  );
  if (outside.length > 0) throw new Error(`not in the package: ${outside.join(', ')}`);
}

async function publishedManifest(): Promise<string> {
  const text = await readFile(path.join(cli, 'package.json'), 'utf8');
  const { version, license, bin } = JSON.parse(text) as Record<string, unknown>;
  const manifest = {
    name: 'node3',
    version,
    description: 'Run jobs on other people’s GPUs',
    license,
    type: 'module',
    engines: { node: '>=22.18' },
    bin,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli();
