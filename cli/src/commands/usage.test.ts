import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { TestHost } from '../testing/test-host.ts';

it('exports usage without what the name of a GPU would do to a terminal', async () => {
  const escape = String.fromCharCode(0x1b);
  const server = createServer((_request, response) => {
    response.write(`day,gpu\n"1","L4${escape}`);
    setImmediate(() => response.end(`]52;c;eA==${escape}\\"\n"2","é"`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const argv = ['--url', url, '--config', '/nonexistent/none.json', 'usage', '--csv'];
    const host = new TestHost({ argv, env: { NODE3_API_KEY: 'n3_test_key' }, isTty: true });
    expect(await runCli(host)).toBe(0);
    expect(host.out).toBe('day,gpu\n"1","L4"\n"2","é"\n');
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
