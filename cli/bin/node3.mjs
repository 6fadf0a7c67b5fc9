#!/usr/bin/env node
// Starts the command with a Node.js that can run it: the one at hand, or the one that
// scripts/bootstrap.mjs brought into .node/. Plain JavaScript, because an old one reads it.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const cli = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiled code is kept from one start to the next, in a folder that only this user writes.
  nodeModule.enableCompileCache(join(homedir(), '.cache', 'node3', 'compiled'));
  // In the package it is JavaScript: Node strips no types from what is installed.
  const built = join(cli, 'main.mjs');
  await import(existsSync(built) ? pathToFileURL(built).href : '../src/main.ts');
} else {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const folder = join(dirname(cli), '.node', 'node_modules', `node-${os}-${process.arch}`, 'bin');
  const program = join(folder, name);
  if (!existsSync(program)) {
    process.stderr.write(
      `node3 needs Node.js 22.18 or newer; this is ${process.versions.node}.\n` +
        'Run npm start once in its folder: it brings the right one along.\n',
    );
    process.exit(125);
  }
  const { spawn } = await import('node:child_process');
  const main = join(cli, 'src', 'main.ts');
  const child = spawn(program, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; it decides when to end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}
