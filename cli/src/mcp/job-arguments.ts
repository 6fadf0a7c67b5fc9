import type { JobSpec } from '@node3/client';
import { idPattern } from '@node3/shared/ids';
import { languages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { z } from 'zod';
import { usageError } from '../command-error.ts';

const argumentsMax = 256;
const gib = 1024 ** 3;

export const jobIdArgument = z
  .string()
  .regex(new RegExp(idPattern('job')))
  .describe('The id of a job: job_ and 26 characters');

/** Under the minute after which hosts give up on a tool. */
export const waitArgument = z
  .number()
  .int()
  .min(0)
  .max(50)
  .describe('Seconds to wait for the end of the job; then it is answered as it is');

export const moneyArgument = z.strictObject({
  amount: z.string().max(32).describe('A decimal string in whole units, such as "0.05"'),
  asset: z.enum(['USDC', 'SOL']),
});

/** What describes a job: a part of the marketplace's job spec that needs no manual. */
export const jobArguments = {
  name: z.string().min(1).max(128).optional().describe('To find the job by'),
  script: z
    .strictObject({
      language: z.enum(languages),
      code: z.string().min(1).max(limits.codeBytesMax),
    })
    .optional()
    .describe('Code to run. Give this, or command'),
  command: z
    .array(z.string().max(limits.codeBytesMax))
    .min(1)
    .max(argumentsMax)
    .optional()
    .describe('A program and its arguments, run in image without a shell'),
  image: z.string().max(512).optional().describe('Container image; there is a default'),
  env: z
    .record(z.string(), z.string())
    .optional()
    .describe('Environment variables. The provider can read them: no secrets'),
  files: z
    .array(
      z.strictObject({
        path: z.string().max(512).describe('Relative to /input'),
        text: z.string().max(limits.codeBytesMax),
      }),
    )
    .max(limits.inputsPerJob)
    .optional()
    .describe(
      'Small text files that the job finds below /input. What it writes below /output is kept',
    ),
  gpus: z
    .strictObject({
      count: z.number().int().min(1).max(limits.gpusPerJob),
      memoryGibMin: z.number().positive().max(1_024).optional().describe('Of each GPU'),
      models: z.array(z.string().max(64)).max(16).optional().describe('Such as rtx-4090 or h100'),
    })
    .optional()
    .describe('Left out, the job needs no GPU'),
  runSec: z
    .number()
    .int()
    .min(1)
    .max(limits.runSecMax)
    .optional()
    .describe('The run is stopped after so many seconds; 300 where left out'),
  allowHosts: z
    .array(z.string().max(253))
    .max(32)
    .optional()
    .describe('Hosts that the job may reach; left out, it reaches nothing'),
  reward: moneyArgument.describe('What the provider gets; the fee comes on top'),
};

type JobArguments = z.output<z.ZodObject<typeof jobArguments>>;

/** The spec that the marketplace knows. The marketplace checks the rest. */
export function toSpec(args: JobArguments): JobSpec {
  const { name, files, gpus, runSec, allowHosts, reward } = args;
  return {
    ...(name !== undefined && { name }),
    workload: toWorkload(args),
    ...(files !== undefined && {
      inputs: files.map(({ path, text }) => ({
        path,
        source: { kind: 'inline', contentBase64: Buffer.from(text).toString('base64') },
      })),
    }),
    ...(gpus !== undefined && { resources: { gpus: toGpus(gpus) } }),
    ...(runSec !== undefined && { limits: { runSec } }),
    ...(allowHosts !== undefined && { network: { kind: 'egress', hosts: allowHosts } }),
    price: { kind: 'fixed', reward },
  };
}

function toWorkload({ script, command, image, env }: JobArguments): JobSpec['workload'] {
  const shared = { ...(image !== undefined && { image }), ...(env !== undefined && { env }) };
  if (script !== undefined && command === undefined)
    return { kind: 'script', ...script, ...shared };
  if (command !== undefined && script === undefined)
    return { kind: 'container', command, ...shared };
  throw usageError('A job has either a script or a command.', 'Give exactly one of the two.');
}

function toGpus({ count, memoryGibMin, models }: NonNullable<JobArguments['gpus']>) {
  return {
    count,
    ...(memoryGibMin !== undefined && { memoryBytesMin: Math.ceil(memoryGibMin * gib) }),
    ...(models !== undefined && { models }),
  };
}
