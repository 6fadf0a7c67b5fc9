import { parseWholeNumber } from '../parse/whole-number.ts';
import { explainPort, type PortWish } from './ports.ts';

export interface PortOptions {
  port: string;
  agentPort: string;
  rpcPort: string;
  grpcPort: string;
  agent?: boolean;
}

export function readPorts(options: PortOptions): UpPorts {
  const range = { min: 0, max: 65_535 };
  return {
    port: parseWholeNumber('--port', options.port, range),
    agentPort: parseWholeNumber('--agent-port', options.agentPort, range),
    rpcPort: parseWholeNumber('--rpc-port', options.rpcPort, { min: 0, max: 65_534 }),
    grpcPort:
      options.grpcPort === 'off' ? null : parseWholeNumber('--grpc-port', options.grpcPort, range),
  };
}

export interface UpPorts {
  port: number;
  agentPort: number;
  rpcPort: number;
  /** null: no gRPC. */
  grpcPort: number | null;
}

export function portWishes(ports: UpPorts, options: PortOptions): PortWish[] {
  const { port, agentPort, rpcPort, grpcPort } = ports;
  const grpc = grpcPort === null ? [] : [grpcWish(grpcPort)];
  const agent = { what: 'the agent', port: agentPort, option: '--agent-port' };
  const websocketPort = rpcPort === 0 ? 0 : rpcPort + 1;
  return [
    { what: 'the marketplace', port, option: '--port' },
    ...grpc,
    ...(options.agent === false ? [] : [agent]),
    { what: 'the local Solana', port: rpcPort, option: '--rpc-port' },
    { what: 'the local Solana’s WebSocket', port: websocketPort, option: '--rpc-port' },
  ];
}

function grpcWish(port: number): PortWish {
  return { what: 'gRPC', port, option: '--grpc-port' };
}

/** A port taken between our look and the service's own start. */
export function explainServicePort(error: unknown, ports: UpPorts): unknown {
  const port = error instanceof Error && 'port' in error ? error.port : null;
  if (port === ports.agentPort) {
    return explainPort(error, { what: 'the agent', port: ports.agentPort, option: '--agent-port' });
  }
  if (port !== null && port === ports.grpcPort) return explainPort(error, grpcWish(ports.grpcPort));
  if (port !== ports.port) return error;
  return explainPort(error, { what: 'the marketplace', port: ports.port, option: '--port' });
}
