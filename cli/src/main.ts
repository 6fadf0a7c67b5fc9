#!/usr/bin/env node
import { writeHelpPage } from './write-help-page.ts';

const argv = process.argv.slice(2);
if (!writeHelpPage(argv, process.env)) {
  const [{ runCli }, { createSystemHost }] = await Promise.all([
    import('./run-cli.ts'),
    import('./system-host.ts'),
  ]);
  process.exitCode = await runCli(createSystemHost(argv, process.env));
}
