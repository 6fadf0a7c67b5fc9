import { execFile, execFileSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { createJob } from '@node3/shared/routes/jobs';
import { service as healthService } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readGrpc } from '../grpc-config.ts';
import { listServices } from '../testing/grpc-reflection.ts';
import { type Message, readRefusal, refusalOf, testGrpc } from '../testing/test-grpc.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const onLoopback = { host: '127.0.0.1', port: 0, tls: null };
const testMarketplace = new URL('../testing/test-marketplace.ts', import.meta.url).href;
const within = { timeout: 20_000, interval: 10 };

let market: TestMarketplace;
let address: string;

beforeAll(async () => {
  market = await startTestMarketplace({ grpc: onLoopback });
  address = market.grpcAddress ?? '';
});
afterAll(() => market.stop());

describe('the server', () => {
  it('says so where its port is taken, and lets the process end', async () => {
    const port = Number(address.split(':').at(-1));
    const script = `
      import { startTestMarketplace } from ${JSON.stringify(testMarketplace)};
      const grpc = { host: '127.0.0.1', port: ${port}, tls: null };
      await startTestMarketplace({ grpc }).catch(({ code, port }) => console.log(code, port));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      timeout: 60_000,
    });
    expect([stdout, stderr]).toEqual([`EADDRINUSE ${port}\n`, '']);
  }, 60_000);

  it('answers the health service and tells its services by reflection', async () => {
    const health = new Client(address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = healthService['Check'] as Method;
    const check = (name: string) =>
      new Promise((resolve, reject) => {
        health.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          { service: name },
          (error, reply) => (error === null ? resolve(reply) : reject(error)),
        );
      });
    expect(await check('')).toMatchObject({ status: 'SERVING' });
    expect(await check('hodei.JobExecutionService')).toMatchObject({ status: 'SERVING' });
    await expect(check('hodei.Nothing')).rejects.toMatchObject({ code: 5 });
    health.close();
    for (const version of ['v1', 'v1alpha'] as const) {
      expect(await listServices(address, version)).toEqual(
        expect.arrayContaining(['hodei.JobExecutionService', 'hodei.WorkerAgentService']),
      );
    }
  });

  it('refuses a message that is too large', async () => {
    const stdin = 'x'.repeat(2 * 1024 * 1024);
    const anybody = testGrpc(address, null);
    const call = anybody.call('JobExecution/QueueJob', { job_definition: { stdin } });
    expect((await refusalOf(call)).status).toBe('RESOURCE_EXHAUSTED');
    anybody.close();
  });

  it('ends streams when it stops, and says so', async () => {
    const stopping = await startTestMarketplace({ grpc: onLoopback });
    const account = await openFundedAccount(stopping);
    const own = testGrpc(stopping.grpcAddress ?? '', account.apiKey);
    const stream = own.stream('JobExecution/ExecutionEventStream');
    const ended = new Promise<ServiceError>((resolve) => stream.once('error', resolve));
    const seen: Message[] = [];
    stream.on('data', (message: Message) => seen.push(message));
    await vi.waitFor(async () => {
      await account.client.call(createJob, { body: testJob() });
      expect(seen).not.toEqual([]);
    }, within);
    await stopping.stop();
    expect(readRefusal(await ended)).toMatchObject({
      status: 'UNAVAILABLE',
      code: 'SERVICE_STOPPING',
    });
    own.close();
  });

  it('is reached by each address of its name', async () => {
    const named = await startTestMarketplace({ grpc: { ...onLoopback, host: 'localhost' } });
    const port = named.grpcAddress?.split(':').at(-1);
    const { apiKey } = await openFundedAccount(named);
    for (const { address, family } of await lookup('localhost', { all: true })) {
      const host = family === 6 ? `[${address}]` : address;
      const grpc = testGrpc(`${host}:${port}`, apiKey);
      await grpc.call('JobExecution/ListJobs').finally(() => grpc.close());
    }
    await named.stop();
  });

  it('has so many connections at once, and takes the next one when one has ended', async () => {
    const small = await startTestMarketplace({ grpc: { ...onLoopback, connectionsMax: 2 } });
    const port = Number(small.grpcAddress?.split(':').at(-1));
    const open = async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    };
    const [one, two] = [await open(), await open()];
    // A server of HTTP/2 speaks first; who is one too many is not even greeted.
    await Promise.all([once(one, 'data'), once(two, 'data')]);
    const third = await open();
    third.on('error', () => undefined);
    let heard = 0;
    third.on('data', () => (heard += 1));
    await once(third, 'close');
    expect(heard).toBe(0);
    one.destroy();
    two.destroy();
    const { apiKey } = await openFundedAccount(small);
    await vi.waitFor(async () => {
      const grpc = testGrpc(small.grpcAddress ?? '', apiKey);
      await grpc.call('JobExecution/ListJobs').finally(() => grpc.close());
    }, within);
    await small.stop();
  });

  it('closes a connection that says nothing, and one whose handshake never ends', async () => {
    const { folder, certPath, keyPath } = await makeCertificate();
    const tls = { certPath, keyPath, clientCaPath: null };
    const firstFrameMs = 300;
    const plain = await startTestMarketplace({ grpc: { ...onLoopback, firstFrameMs } });
    const secured = await startTestMarketplace({ grpc: { ...onLoopback, tls, firstFrameMs } });
    const open = async (market: TestMarketplace, said: Buffer) => {
      const socket = connect(Number(market.grpcAddress?.split(':').at(-1)), '127.0.0.1');
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      socket.write(said);
      return socket;
    };
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]);
    const speaking = await open(plain, preface);
    const silent = [
      await open(plain, preface.subarray(0, 12)),
      await open(secured, Buffer.alloc(0)),
      // The head of a handshake of which the rest never comes.
      await open(secured, Buffer.from([22, 3, 1, 1, 0, ...Array<number>(40).fill(1)])),
    ];
    await Promise.all(
      silent.filter(({ closed }) => !closed).map((socket) => once(socket, 'close')),
    );
    expect(speaking.closed).toBe(false);
    speaking.destroy();
    await Promise.all([plain.stop(), secured.stop(), rm(folder, { recursive: true })]);
  }, 15_000);

  it('takes a certificate, and clients that have one of the right authority', async () => {
    const { folder, certPath, keyPath } = await makeCertificate();
    const [cert, privateKey] = await Promise.all([readFile(certPath), readFile(keyPath)]);
    const tls = { certPath, keyPath, clientCaPath: certPath };
    const secured = await startTestMarketplace({ grpc: { ...onLoopback, tls } });
    const at = secured.grpcAddress ?? '';
    const { apiKey } = await openFundedAccount(secured);
    const known = testGrpc(at, apiKey, credentials.createSsl(cert, privateKey, cert));
    expect(await known.call('JobExecution/ListJobs')).toMatchObject({ jobs: [] });
    const unknown = testGrpc(at, apiKey, credentials.createSsl(cert));
    expect(await refusalOf(unknown.call('JobExecution/ListJobs'))).toMatchObject({
      status: 'UNAVAILABLE',
    });
    const plain = testGrpc(at, apiKey);
    expect(await refusalOf(plain.call('JobExecution/ListJobs'))).toMatchObject({
      status: 'UNAVAILABLE',
    });
    for (const one of [known, unknown, plain]) one.close();
    await secured.stop();
    await rm(folder, { recursive: true });
  });

  it('is on loopback alone without TLS, and can be left out', () => {
    expect(readGrpc({})).toEqual({
      host: '127.0.0.1',
      port: 50_051,
      tls: null,
      connectionsMax: 10_000,
    });
    expect(readGrpc({ GRPC_PORT: 'off' })).toBeNull();
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'market.example']) {
      expect(() => readGrpc({ GRPC_HOST: host })).toThrow(/GRPC_HOST is .*TLS/);
    }
    const files = { GRPC_TLS_CERT: 'a.crt', GRPC_TLS_KEY: 'a.key' };
    expect(readGrpc({ GRPC_HOST: '0.0.0.0', ...files })).toMatchObject({
      host: '0.0.0.0',
      tls: { certPath: 'a.crt', keyPath: 'a.key', clientCaPath: null },
    });
    expect(() => readGrpc({ GRPC_TLS_CERT: 'a.crt' })).toThrow(/GRPC_TLS_KEY is not set/);
  });
});

async function makeCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'node3-grpc-'));
  const [certPath, keyPath] = [join(folder, 'grpc.crt'), join(folder, 'grpc.key')];
  const subject = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const request = ['req', '-x509', ...key, '-keyout', keyPath, '-out', certPath, '-days', '2'];
  execFileSync('openssl', [...request, ...subject], { stdio: 'ignore' });
  return { folder, certPath, keyPath };
}

interface Method {
  path: string;
  requestSerialize: (message: object) => Buffer;
  responseDeserialize: (bytes: Buffer) => object;
}
