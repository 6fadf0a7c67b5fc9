import { type GpuModel, type ModelFacts, modelRows } from './gpu-model.ts';

const row = modelRows('10de');

function geforce(id: string, memoryMib: number[], pci: string, facts: ModelFacts): GpuModel {
  const name = id
    .split('-')
    .map((part) => properCase[part] ?? part.toUpperCase())
    .join(' ');
  return row(id, `NVIDIA GeForce ${name}`, memoryMib, { ...facts, pci });
}

const properCase: Record<string, string> = { ti: 'Ti', laptop: 'Laptop GPU' };

const pascal = { capability: '6.1' };
const turing = { capability: '7.5' };
const ampere = { capability: '8.6' };
const ada = { capability: '8.9' };
const blackwell = { capability: '12.0' };

/** NVIDIA's consumer cards. Memory differs a little between drivers and with ECC. */
export const geforceModels: readonly GpuModel[] = [
  geforce('gtx-1050-ti', [4096], '1c82', pascal),
  geforce('gtx-1060', [3072, 6144], '1b83 1c02 1c03 1c04 1b84', pascal),
  geforce('gtx-1070', [8112, 8192], '1b81', pascal),
  geforce('gtx-1070-ti', [8192], '1b82', pascal),
  geforce('gtx-1080', [8192], '1b80', pascal),
  geforce('gtx-1080-ti', [11264], '1b06 1b01', pascal),
  geforce('gtx-1650', [4096], '1f82 2188 1f0a', turing),
  geforce('gtx-1660', [6144], '2184', turing),
  geforce('gtx-1660-super', [6144], '21c4 1f09', turing),
  geforce('gtx-1660-ti', [5912, 6144], '2182', turing),
  row('titan-v', 'NVIDIA TITAN V', [12288], { capability: '7.0', pci: '1d81' }),
  row('titan-rtx', 'NVIDIA TITAN RTX', [24576], { ...turing, pci: '1e02' }),
  geforce('rtx-2060', [6144, 12288], '1e89 1f03', turing),
  geforce('rtx-2060-super', [8192], '1f06 1f42 1f47', turing),
  geforce('rtx-2070', [8192], '1f02', turing),
  geforce('rtx-2070-super', [8192], '1e84 1ec2 1ec7', turing),
  geforce('rtx-2080', [8192], '1e82', turing),
  geforce('rtx-2080-super', [8192], '1e81', turing),
  geforce('rtx-2080-ti', [10989, 11264], '1e04 1e03', turing),
  geforce('rtx-3050', [6144, 8192], '2507 2582 2584 2583', ampere),
  geforce('rtx-3050-ti-laptop', [4096], '', ampere),
  geforce('rtx-3060', [8192, 12288], '2487 2503 2504 2544 24c7 2501', ampere),
  geforce('rtx-3060-laptop', [6144], '2520 2560 2521 2561', ampere),
  geforce('rtx-3060-ti', [8192], '2414 2486 2489 248e', ampere),
  geforce('rtx-3070', [8192], '2484 2488 248d', ampere),
  geforce('rtx-3070-ti', [8192], '2482 2207 248c', ampere),
  geforce('rtx-3080', [10240, 12288], '2206 220a 2216 222f', ampere),
  geforce('rtx-3080-ti', [12288], '2208 2205', ampere),
  geforce('rtx-3090', [24576], '2204', ampere),
  geforce('rtx-3090-ti', [24564], '2203', ampere),
  geforce('rtx-4060', [8188], '2882 2808', ada),
  geforce('rtx-4060-laptop', [8188], '', ada),
  geforce('rtx-4060-ti', [8188, 16380], '2803 2805 2788', ada),
  geforce('rtx-4070', [12282], '2709 2786', ada),
  geforce('rtx-4070-laptop', [8188], '', ada),
  geforce('rtx-4070-super', [12282], '2783', ada),
  geforce('rtx-4070-ti', [12282], '2782', ada),
  geforce('rtx-4070-ti-super', [16376], '2705 2689', ada),
  geforce('rtx-4080', [16376], '2704', ada),
  geforce('rtx-4080-laptop', [12282], '', ada),
  geforce('rtx-4080-super', [16376], '2702 2703', ada),
  geforce('rtx-4090', [24564], '2684', ada),
  geforce('rtx-4090-d', [24564], '2685', ada),
  geforce('rtx-4090-laptop', [16376], '2717 2757', ada),
  row('rtx-4090-48gb', 'NVIDIA GeForce RTX 4090 (48 GB conversion)', [49140], {
    ...ada,
    aliases: 'RTX 4090',
    byMemoryOnly: true,
  }),
  geforce('rtx-5060', [8151], '2d05', blackwell),
  geforce('rtx-5060-ti', [8151, 16311], '2d04', blackwell),
  geforce('rtx-5070', [12227], '2f04', blackwell),
  geforce('rtx-5070-ti', [16303], '2c05', blackwell),
  geforce('rtx-5080', [16303], '2c02', blackwell),
  geforce('rtx-5090', [32607], '2b85', blackwell),
  geforce('rtx-5090-d', [32607], '2b87', blackwell),
  geforce('rtx-5090-laptop', [24463], '', blackwell),
];
