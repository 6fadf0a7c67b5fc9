import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';

/**
 * What a malicious requester may try against a provider's machine, and the test that fails when it
 * works. The numbers are those of the threat model; `test` is a part of a test's name.
 */
interface Threat {
  number: number;
  attack: string;
  file: string;
  test: string;
}

const docker = 'agent/src/executors/docker';
const native = 'agent/src/executors/native';
const egress = 'agent/src/executors/egress';
const unpack = 'agent/src/files/unpack/unpack-archive.test.ts';
const conformance = 'agent/src/executors/executor.conformance.ts';
const jail = `${docker}/jail.integration.test.ts`;
const probe = `${docker}/jail-probe.ts`;
const config = `${docker}/container-config.test.ts`;
const images = `${docker}/image-policy.integration.test.ts`;
const fetching = 'shared/src/fetch/safe-fetch.test.ts';

const threats: readonly Threat[] = [
  { number: 1, attack: 'escape from the container', file: jail, test: 'blocks every probe' },
  {
    number: 1,
    attack: 'escape from the container, with Podman',
    file: `${docker}/podman.integration.test.ts`,
    test: 'holds a job in',
  },
  {
    number: 2,
    attack: 'races in runc',
    file: `${docker}/version-floors.test.ts`,
    test: 'threat 2',
  },
  {
    number: 3,
    attack: 'loader of hooks',
    file: `${docker}/image-environment.test.ts`,
    test: 'threat 3',
  },
  {
    number: 4,
    attack: 'devices not rented',
    file: `${docker}/gpu-check.integration.test.ts`,
    test: 'threat 4',
  },
  { number: 5, attack: 'engine options in a job', file: config, test: 'threats 5, 6' },
  { number: 6, attack: 'mounts of the machine', file: config, test: 'threats 5, 6' },
  { number: 7, attack: 'fork bomb', file: probe, test: 'fork bomb' },
  {
    number: 7,
    attack: 'fork bomb',
    file: `${native}/native-jail.integration.test.ts`,
    test: 'threat 7',
  },
  { number: 8, attack: 'memory bomb', file: conformance, test: 'ran out of memory' },
  { number: 9, attack: 'files in memory', file: probe, test: 'fill /dev/shm' },
  {
    number: 10,
    attack: 'full disk',
    file: `${docker}/fixed-volumes.integration.test.ts`,
    test: 'threats 10, 11',
  },
  { number: 11, attack: 'inodes', file: probe, test: 'many files' },
  {
    number: 12,
    attack: 'flood of log lines',
    file: conformance,
    test: 'cuts the log at its limit',
  },
  { number: 13, attack: 'endless lines', file: conformance, test: 'delivers long lines in pieces' },
  {
    number: 14,
    attack: 'terminal escapes',
    file: 'shared/src/log-text.test.ts',
    test: 'control character outside',
  },
  {
    number: 15,
    attack: 'programs in names and logs',
    file: 'scripts/browser/logs.browser.test.ts',
    test: 'threat 15',
  },
  {
    number: 15,
    attack: 'programs in files',
    file: 'marketplace/src/http/artifacts.test.ts',
    test: 'threat 15',
  },
  { number: 16, attack: 'starved desktop', file: config, test: 'exactly this hardened container' },
  {
    number: 16,
    attack: 'starved desktop',
    file: `${docker}/hostile-job.integration.test.ts`,
    test: 'threat 16',
  },
  {
    number: 16,
    attack: 'starved disk',
    file: `${docker}/hostile-job.integration.test.ts`,
    test: 'threat 16: is slowed on the disk',
  },
  {
    number: 17,
    attack: 'a GPU left full or broken',
    file: 'agent/src/gpu/health/device-watch.test.ts',
    test: 'threat 17',
  },
  {
    number: 18,
    attack: 'another job on one GPU',
    file: 'agent/src/execution/admission.test.ts',
    test: 'devices that are taken',
  },
  { number: 19, attack: 'mining', file: `${egress}/egress-proxy.test.ts`, test: 'threat 19' },
  {
    number: 20,
    attack: 'abuse of the line',
    file: `${egress}/egress-proxy.test.ts`,
    test: 'threat 20',
  },
  {
    number: 21,
    attack: 'the local network',
    file: `${docker}/egress.integration.test.ts`,
    test: 'threats 1, 20, 21',
  },
  {
    number: 22,
    attack: 'services of the machine',
    file: `${egress}/firewall.test.ts`,
    test: 'threat 22',
  },
  {
    number: 22,
    attack: "the agent's own API",
    file: `${native}/native-users.integration.test.ts`,
    test: 'threat 22: is neither driven nor read',
  },
  { number: 23, attack: 'data through DNS', file: probe, test: 'for a name' },
  { number: 24, attack: 'sockets of the hypervisor', file: probe, test: 'VSOCK' },
  {
    number: 25,
    attack: 'URLs to inner addresses',
    file: fetching,
    test: 'any one of its addresses is private',
  },
  { number: 26, attack: 'redirects', file: fetching, test: 'name of a redirect' },
  {
    number: 27,
    attack: 'uploads aimed at others',
    file: 'shared/src/files/file-client.test.ts',
    test: 'threat 27',
  },
  { number: 28, attack: 'zip bomb', file: unpack, test: 'when it has too much' },
  { number: 29, attack: 'paths of archives', file: unpack, test: 'with %s is refused' },
  {
    number: 30,
    attack: 'links in outputs',
    file: 'agent/src/files/list-files.test.ts',
    test: 'through no link',
  },
  { number: 31, attack: 'image bomb', file: images, test: 'threat 31' },
  { number: 32, attack: 'tags that move', file: images, test: 'threat 32' },
  { number: 33, attack: 'foreign registries', file: images, test: 'threat 33' },
];

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

describe('a malicious requester', () => {
  it.each(threats)(
    'threat $number, $attack: a test of $file stands against it',
    ({ file, test }) => {
      expect(readFileSync(join(root, file), 'utf8')).toContain(test);
    },
  );

  it('threat 27: names no address that results are sent to', () => {
    const output = JSON.stringify(JobSpecInput.properties.outputs);
    expect(output).not.toMatch(/url|webhook|destination/i);
  });
});
