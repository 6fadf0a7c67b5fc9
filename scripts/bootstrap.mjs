// Brings what the project needs and then runs a command of it: `node scripts/bootstrap.mjs start`.
// Plain JavaScript without dependencies, so that it runs on any Node from 18 on, before anything
// is installed. See docs/adr/0001-runtime.md.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runtimeMin = [22, 18];
const runtimeMajor = 24;
const runtimeRoot = join(root, '.node');

/** Each command is a list of programs, run one after another with this Node. */
const commands = {
  start: [['scripts/build-dashboard.ts'], ['cli/src/main.ts', 'up', '--demo']],
  node3: [['cli/src/main.ts']],
  build: [['scripts/build-dashboard.ts'], ['scripts/build-client.ts']],
  test: [['scripts/build-dashboard.ts'], ['scripts/run-tests.ts']],
  check: [['scripts/check.ts']],
  chaos: [['scripts/chaos.ts']],
  replicas: [['scripts/replicas.ts']],
  'kill-agent': [['scripts/kill-agent.ts']],
  sim: [['scripts/sim.ts']],
  bench: [['scripts/bench.ts']],
  'gpu-check': [['scripts/gpu-check.ts']],
};

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`\n${text}`);
  process.exit(1);
}

function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > runtimeMin[0] || (major === runtimeMin[0] && minor >= runtimeMin[1]);
}

/** The folder of a Node that is recent enough, or null when the running one is. */
function runtimeFolder() {
  if (isRecent(process.versions.node)) return null;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${os}-${process.arch}`;
  const folder = join(runtimeRoot, 'node_modules', name, 'bin');
  const program = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(program)) installRuntime(name);
  if (runs(program)) return folder;
  return fail(
    `The Node.js that npm delivers as ${name} does not run on this machine.\n` +
      `Install Node.js ${runtimeMajor} from your system's package manager or https://nodejs.org and try again.`,
  );
}

function installRuntime(name) {
  say(
    `Node.js ${process.versions.node} is too old (${runtimeMin.join('.')} is needed). ` +
      `Bringing Node.js ${runtimeMajor} from npm into .node/ …`,
  );
  mkdirSync(runtimeRoot, { recursive: true });
  writeFileSync(join(runtimeRoot, 'package.json'), '{ "private": true }\n');
  const wanted = `${name}@${runtimeMajor}`;
  const args = ['install', '--prefix', runtimeRoot, '--no-audit', '--no-fund', wanted];
  if (npm(args, process.env, runtimeRoot) === 0) return;
  fail(
    `npm could not bring ${wanted}.\n` +
      '  No network? Run the command once while online; afterwards it works without.\n' +
      `  No such package? Then there is none for this platform: install Node.js ${runtimeMajor} yourself.`,
  );
}

function runs(program) {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return result.status === 0 && isRecent(result.stdout.trim().replace(/^v/, ''));
}

function npm(args, env, cwd) {
  const shell = process.platform === 'win32';
  const result = spawnSync('npm', args, { cwd, env, shell, stdio: ['ignore', 2, 2] });
  if (result.error) fail('npm was not found. It comes with Node.js; check your PATH.');
  return result.status;
}

/** Installs exactly what the lock file says, when that has not been done yet. */
function installDependencies(env) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = join(root, 'node_modules', '.installed-lock-hash');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  say('Installing dependencies from the lock file …');
  const startedAt = Date.now();
  if (npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], env, root) !== 0) {
    fail('npm ci failed; its output above says why. Without network, run it once while online.');
  }
  writeFileSync(marker, wanted);
  say(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
}

function run(program, env) {
  return new Promise((resolve) => {
    const child = spawn(env.NODE3_NODE, program, { cwd: root, env, stdio: 'inherit' });
    // Ctrl-C reaches the whole foreground group: the child decides when it ends.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', (error) => fail(`Could not start ${program[0]}: ${error.message}`));
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

const [command = '', ...rest] = process.argv.slice(2);
const programs = Object.hasOwn(commands, command) ? commands[command] : undefined;
if (!programs) fail(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')}`);

const folder = runtimeFolder();
const env = { ...process.env };
const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
if (folder !== null) env[pathName] = [folder, env[pathName] ?? ''].join(delimiter);
env.NODE3_NODE = folder === null ? process.execPath : join(folder, 'node');
env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node');
installDependencies(env);
for (const [index, program] of programs.entries()) {
  const isLast = index === programs.length - 1;
  const code = await run(isLast ? [...program, ...rest] : program, env);
  if (code !== 0) process.exit(code);
}
