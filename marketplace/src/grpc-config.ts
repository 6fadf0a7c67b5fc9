import { readFile } from 'node:fs/promises';
import { ConfigError, type Env, readInteger, readOptionalText, readText } from '@node3/shared/env';
import { grpcLimits } from '@node3/shared/grpc-limits';

/** Where gRPC is served. Without TLS it listens on this machine alone. */
export interface GrpcConfig {
  host: string;
  /** 0 takes any. */
  port: number;
  tls: GrpcTls | null;
  /** At once; the default of `grpcLimits` where it is absent. */
  connectionsMax?: number;
  /** How long a connection may take to say something; likewise. */
  firstFrameMs?: number;
}

/** PEM files. */
export interface GrpcTls {
  certPath: string;
  keyPath: string;
  /** Signs the certificates of clients, which then have to show one; null asks for none. */
  clientCaPath: string | null;
}

/** Hodei's. */
export const grpcPortDefault = 50_051;

/** null where GRPC_PORT is `off`. */
export function readGrpc(env: Env): GrpcConfig | null {
  if (readOptionalText(env, 'GRPC_PORT')?.toLowerCase() === 'off') return null;
  const port = readInteger(env, 'GRPC_PORT', { fallback: grpcPortDefault, min: 0, max: 65_535 });
  const host = readText(env, 'GRPC_HOST', '127.0.0.1');
  const connectionsMax = readInteger(env, 'GRPC_CONNECTIONS_MAX', {
    fallback: grpcLimits.connectionsDefault,
    min: 1,
    max: grpcLimits.connectionsMax,
  });
  const certPath = readOptionalText(env, 'GRPC_TLS_CERT');
  const keyPath = readOptionalText(env, 'GRPC_TLS_KEY');
  const clientCaPath = readOptionalText(env, 'GRPC_TLS_CLIENT_CA');
  if (certPath !== null && keyPath !== null) {
    return { host, port, tls: { certPath, keyPath, clientCaPath }, connectionsMax };
  }
  const given = certPath ?? keyPath ?? clientCaPath;
  if (given !== null) {
    const missing = certPath === null ? 'GRPC_TLS_CERT' : 'GRPC_TLS_KEY';
    throw new ConfigError(missing, 'is not set', 'TLS needs GRPC_TLS_CERT and GRPC_TLS_KEY.');
  }
  assertLoopback(host);
  return { host, port, tls: null, connectionsMax };
}

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** Keys and results would go over the network for anybody to read. */
function assertLoopback(host: string): void {
  if (loopback.test(host)) return;
  const fix =
    'Set GRPC_TLS_CERT and GRPC_TLS_KEY, or let GRPC_HOST be 127.0.0.1 behind a proxy with TLS.';
  throw new ConfigError('GRPC_HOST', `is ${host}, which others reach, and there is no TLS`, fix);
}

export interface PemFiles {
  cert: Buffer;
  key: Buffer;
  clientCa: Buffer | null;
}

/** Throws ConfigError for a file that can't be read. */
export async function readPemFiles(tls: GrpcTls): Promise<PemFiles> {
  const [cert, key, clientCa] = await Promise.all([
    readPem('GRPC_TLS_CERT', tls.certPath),
    readPem('GRPC_TLS_KEY', tls.keyPath),
    tls.clientCaPath === null ? null : readPem('GRPC_TLS_CLIENT_CA', tls.clientCaPath),
  ]);
  return { cert, key, clientCa };
}

async function readPem(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      variable,
      `names ${path}, which could not be read (${why})`,
      'Name a PEM file.',
    );
  }
}
