#!/usr/bin/env node
import { runCli } from './run-cli.ts';
import { createSystemHost } from './system-host.ts';

process.exitCode = await runCli(createSystemHost(process.argv.slice(2), process.env));
