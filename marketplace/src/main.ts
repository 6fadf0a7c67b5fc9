import { ConfigError } from '@node3/shared/env';
import { MarketError } from '@node3/shared/error';
import { KeypairFileError } from '@node3/shared/keypair-file-error';
import { startMarketplace } from './app.ts';
import { readConfig } from './env.ts';
import { ClusterError } from './payments/solana/cluster.ts';

/** Longest time a stop may take before the process ends anyway, milliseconds. */
const stopMaxMs = 10_000;

// It may be a file on a disk that is full, which is no reason to end.
process.stderr.on('error', () => undefined);

try {
  const marketplace = await startMarketplace(readConfig(process.env));
  const stop = () => {
    setTimeout(() => process.exit(1), stopMaxMs).unref();
    marketplace.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const { grpcAddress } = marketplace;
  if (grpcAddress !== null) process.stderr.write(`gRPC at ${grpcAddress}\n`);
  process.stderr.write(`marketplace ready at ${marketplace.url}\n`);
} catch (error) {
  const plain = [ConfigError, KeypairFileError, MarketError, ClusterError];
  const known = plain.some((kind) => error instanceof kind);
  process.stderr.write(
    known && error instanceof Error
      ? `${error.message}\n`
      : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
