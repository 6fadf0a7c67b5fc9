import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCdiDevices } from './cdi-specs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-cdi-'));
});
afterEach(() => rm(folder, { recursive: true }));

const yaml = `---
cdiVersion: 0.5.0
containerEdits:
  deviceNodes:
    - path: /dev/nvidiactl
devices:
  - name: "0"
  - containerEdits:
      deviceNodes:
        - path: /dev/nvidia0
    name: GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f
  - name: MIG-1f2a/1/0
kind: nvidia.com/gpu
`;
const json = (kind: string) =>
  JSON.stringify({ cdiVersion: '0.5.0', kind, devices: [{ name: 'all' }, { name: 'GPU-1' }] });

const found = [
  ['YAML', 'nvidia.yaml', yaml, 1, ['GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f', 'MIG-1f2a/1/0']],
  ['JSON', 'nvidia.json', json('nvidia.com/gpu'), 1, ['GPU-1']],
  [
    'JSON in lines',
    'a.json',
    JSON.stringify(JSON.parse(json('nvidia.com/gpu')), null, 2),
    1,
    ['GPU-1'],
  ],
  ['another vendor', 'x.json', json('vendor.com/gpu'), 0, []],
  ['another kind', 'x.json', json('nvidia.com/gpu-feature'), 0, []],
  ['a file that engines leave out', 'nvidia.txt', yaml, 0, []],
  ['numbers only', 'n.yaml', 'kind: "nvidia.com/gpu"\ndevices:\n- name: "0"\n- name: all\n', 1, []],
] as const;

it.each(found)('reads what an engine can give: %s', async (_what, file, text, files, uuids) => {
  await writeFile(join(folder, file), text);
  expect(await readCdiDevices([join(folder, 'none'), folder])).toEqual({ files, uuids });
});
