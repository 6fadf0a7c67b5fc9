import { createRequire } from 'node:module';
import {
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const { resolve } = createRequire(import.meta.url);

interface Answer {
  list_services_response: { service: { name: string }[] };
}

/** The names of the services of a server, as `grpcurl list` finds them. */
export async function listServices(address: string, version: 'v1' | 'v1alpha'): Promise<string[]> {
  const file = `@grpc/reflection/build/proto/grpc/reflection/${version}/reflection.proto`;
  const { grpc } = loadPackageDefinition(
    loadSync(resolve(file), { keepCase: true }),
  ) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const Reflection = grpc.reflection[version]?.ServerReflection;
  if (Reflection === undefined) throw new Error(`no reflection ${version}`);
  const client = new Reflection(address, credentials.createInsecure());
  const method = client['ServerReflectionInfo'] as () => ClientDuplexStream<object, Answer>;
  const stream = method.call(client);
  stream.write({ list_services: '' });
  stream.end();
  const names: string[] = [];
  for await (const answer of stream) {
    const { service } = (answer as Answer).list_services_response;
    names.push(...service.map(({ name }) => name));
  }
  client.close();
  return names;
}
