import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import {
  loadSync,
  type MessageTypeDefinition,
  type Options,
  type PackageDefinition,
} from '@grpc/proto-loader';
import { assert } from '@node3/shared/assert';
import { protoFolder } from '@node3/shared/proto-folder';

/** The services of package hodei that are served, each in a file of the same name. */
export const serviceNames = [
  'JobExecutionService',
  'WorkerAgentService',
  'SchedulerService',
  'LogStreamService',
  'MetricsService',
  'ProviderManagementService',
  'AuditService',
] as const;
export type ServiceName = (typeof serviceNames)[number];

const files = [
  'job_execution',
  'worker_agent',
  'scheduler',
  'log_stream',
  'metrics',
  'provider_management',
  'audit',
].map((name) => `hodei/v1/${name}.proto`);

/** Names as they stand in the proto files; what is absent has the default of its type, or is null. */
const options: Options = {
  includeDirs: [protoFolder],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};

export interface Protos {
  /** For reflection. */
  packageDefinition: PackageDefinition;
  serviceOf(name: ServiceName): ServiceDefinition;
  /** Bytes of a message of package google.rpc. */
  encodeRpc(name: 'Status' | 'ErrorInfo' | 'RetryInfo' | 'BadRequest', message: object): Buffer;
}

/** Reads the proto files; an error in one of them is thrown. */
export function loadProtos(): Protos {
  const packageDefinition = loadSync(files, options);
  const errors = loadSync('google/rpc/error_details.proto', options);
  const grpcObject = loadPackageDefinition(packageDefinition);
  return {
    packageDefinition,
    serviceOf(name) {
      const { hodei } = grpcObject;
      const found = (hodei as Record<string, { service?: ServiceDefinition }>)[name]?.service;
      assert(found !== undefined, `the proto files define ${name}`);
      return found;
    },
    encodeRpc(name, message) {
      const type = errors[`google.rpc.${name}`] as MessageTypeDefinition<object, object>;
      return type.serialize(message);
    },
  };
}
