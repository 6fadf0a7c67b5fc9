import {
  type ChannelCredentials,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
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
const files = [
  'job_execution',
  'worker_agent',
  'scheduler',
  'log_stream',
  'metrics',
  'provider_management',
  'audit',
].map((name) => `hodei/v1/${name}.proto`);

const definition = loadSync(files, options);
type Maker = new (address: string, credentials: ChannelCredentials) => Client;
const services = loadPackageDefinition(definition)['hodei'] as unknown as Record<string, Maker>;

/** A message with whatever it has: tests say what they expect of it. */
export interface Message {
  [field: string]: unknown;
  /** The name of the one field of a oneof that is set. */
  payload?: string | undefined;
  message_id?: string | undefined;
  job_id?: string | undefined;
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

/** All messages of a stream that ends by itself. */
export async function allOf(stream: ClientReadableStream<Message>): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of stream) messages.push(message as Message);
  return messages;
}

/** What a call was refused with. */
export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (thrown: ServiceError) => thrown,
  );
  if (error === null) throw new Error('the call was not refused');
  return readRefusal(error);
}

const rpc = loadSync('google/rpc/error_details.proto', options);

function decode(name: string, value: Buffer): Message {
  const type = rpc[`google.rpc.${name}`] as MessageTypeDefinition<object, Message>;
  return type.deserialize(value);
}

export function readRefusal(error: ServiceError) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const details = Buffer.isBuffer(bytes) ? decode('Status', bytes)['details'] : [];
  const found = (name: string) => {
    const any = (details as { type_url: string; value: Buffer }[]).find(({ type_url: url }) =>
      url.endsWith(`google.rpc.${name}`),
    );
    return any === undefined ? null : decode(name, any.value);
  };
  return {
    status: status[error.code],
    details: error.details,
    code: error.metadata.get('node3-error-code')[0],
    fix: error.metadata.get('node3-error-fix')[0],
    info: found('ErrorInfo'),
    fields: found('BadRequest')?.['field_violations'] ?? [],
    retry: found('RetryInfo'),
  };
}
