import {
  type ChannelCredentials,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoFolder } from '@node3/shared/proto-folder';

/** A client of Hodei's services as anybody writes one from the proto files. */

const options = {
  includeDirs: [protoFolder],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};
const files = ['job_execution', 'worker_agent', 'scheduler', 'log_stream', 'metrics', 'audit'].map(
  (name) => `hodei/v1/${name}.proto`,
);

const definition = loadSync(files, options);
type Maker = new (address: string, credentials: ChannelCredentials) => Client;
const services = loadPackageDefinition(definition)['hodei'] as unknown as Record<string, Maker>;

/** A message with whatever it has: tests say what they expect of it. */
export interface Message {
  [field: string]: unknown;
  /** The name of the one field of a oneof that is set. */
  payload?: string;
  message_id?: string;
  job_id?: string;
  ack?: Message | null;
  run_job?: Message | null;
  cancel?: Message | null;
}
type Method = (this: Client, ...args: unknown[]) => unknown;

export interface TestGrpc {
  /** Rejects with the ServiceError of the call. */
  call(method: string, message?: Message): Promise<Message>;
  stream(method: string, message?: Message): ClientReadableStream<Message>;
  duplex(method: string): ClientDuplexStream<Message, Message>;
  close(): void;
}

/** @param key goes along with every call; null sends none. */
export function testGrpc(
  address: string,
  key: string | null,
  secured: ChannelCredentials = credentials.createInsecure(),
): TestGrpc {
  const clients = new Map<string, Client>();
  const metadata = new Metadata();
  if (key !== null) metadata.set('authorization', `Bearer ${key}`);
  const find = (name: string) => {
    const [service = '', method = ''] = name.split('/');
    const Service = services[`${service}Service`];
    if (Service === undefined) throw new Error(`no service ${service}`);
    const client = clients.get(service) ?? new Service(address, secured);
    clients.set(service, client);
    return { client, method: (client as unknown as Record<string, Method>)[method] as Method };
  };
  return {
    call(name, message = {}) {
      const { client, method } = find(name);
      return new Promise((resolve, reject) => {
        method.call(client, message, metadata, (error: ServiceError | null, reply: Message) => {
          if (error === null) resolve(reply);
          else reject(error);
        });
      });
    },
    stream(name, message = {}) {
      const { client, method } = find(name);
      return method.call(client, message, metadata) as ClientReadableStream<Message>;
    },
    duplex(name) {
      const { client, method } = find(name);
      return method.call(client, metadata) as ClientDuplexStream<Message, Message>;
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}
