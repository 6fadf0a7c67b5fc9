import type { GrpcParts, GrpcServer } from './grpc/grpc-server.ts';
import type { GrpcConfig } from './grpc-config.ts';
import type { HttpDeps } from './http/http-deps.ts';

/** gRPC where it is wanted: elsewhere nothing of it is loaded, which takes memory and time. */
export async function openGrpc(
  config: GrpcConfig | null,
  deps: HttpDeps,
  parts: GrpcParts,
): Promise<GrpcServer | null> {
  if (config === null) return null;
  const { startGrpcServer } = await import('./grpc/grpc-server.ts');
  return startGrpcServer(config, deps, parts);
}
