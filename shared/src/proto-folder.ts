import { fileURLToPath } from 'node:url';

/** Where the proto files of the gRPC services lie, for servers and clients that load them. */
export const protoFolder = fileURLToPath(new URL('../proto', import.meta.url));
