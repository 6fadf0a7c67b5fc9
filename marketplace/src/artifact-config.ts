import {
  ConfigError,
  type Env,
  readFlag,
  readInteger,
  readOptionalText,
  readText,
} from '@node3/shared/env';
import { limits } from '@node3/shared/limits';
import type { S3Settings } from './blobs/s3/s3-blobs.ts';

export interface ArtifactConfig {
  /** null keeps them in the folder `artifacts` of the data folder. */
  s3: S3Settings | null;
  bytesMax: number;
  bytesPerAccount: number;
  keepDays: number;
}

export const artifactDefaults: ArtifactConfig = {
  s3: null,
  bytesMax: limits.artifactBytesAllDefault,
  bytesPerAccount: limits.artifactBytesPerAccountDefault,
  keepDays: limits.artifactKeepDaysDefault,
};

/** A petabyte: more than one marketplace keeps, and far below what a number can count. */
const bytesMaxMax = 1024 ** 5;
const keepDaysMax = 3_650;

export function readArtifactConfig(env: Env): ArtifactConfig {
  const readBytes = (name: string, fallback: number) =>
    readInteger(env, name, { fallback, min: 0, max: bytesMaxMax });
  return {
    s3: readS3Settings(env),
    bytesMax: readBytes('ARTIFACT_BYTES_MAX', artifactDefaults.bytesMax),
    bytesPerAccount: readBytes('ARTIFACT_BYTES_PER_ACCOUNT', artifactDefaults.bytesPerAccount),
    keepDays: readInteger(env, 'ARTIFACT_KEEP_DAYS', {
      fallback: artifactDefaults.keepDays,
      min: 1,
      max: keepDaysMax,
    }),
  };
}

function readS3Settings(env: Env): S3Settings | null {
  const bucket = readOptionalText(env, 'ARTIFACT_S3_BUCKET');
  if (bucket === null) return null;
  return {
    bucket,
    endpoint: readEndpoint(env),
    region: readText(env, 'ARTIFACT_S3_REGION', 'us-east-1'),
    prefix: readOptionalText(env, 'ARTIFACT_S3_PREFIX') ?? '',
    accessKeyId: readNeeded(env, 'ARTIFACT_S3_ACCESS_KEY_ID'),
    secretAccessKey: readNeeded(env, 'ARTIFACT_S3_SECRET_ACCESS_KEY'),
    pathStyle: readFlag(env, 'ARTIFACT_S3_PATH_STYLE', 'off'),
  };
}

function readEndpoint(env: Env): string | null {
  const endpoint = readOptionalText(env, 'ARTIFACT_S3_ENDPOINT');
  if (endpoint === null || /^https?:\/\/[^/]+\/?$/.test(endpoint)) return endpoint;
  const fix = 'Set an address such as https://s3.example.com, or leave it out for Amazon S3.';
  throw new ConfigError('ARTIFACT_S3_ENDPOINT', `is "${endpoint}"`, fix);
}

function readNeeded(env: Env, name: string): string {
  const text = readOptionalText(env, name);
  if (text !== null) return text;
  throw new ConfigError(name, 'is not set', 'Set it: ARTIFACT_S3_BUCKET needs a key.');
}
