import { type GpuModel, modelRows } from './gpu-model.ts';

const row = modelRows('10de');

const ampere = { capability: '8.6' };
const ada = { capability: '8.9' };
const hopper = { capability: '9.0' };
const blackwell = { capability: '12.0' };

/** Workstation cards. Five different ones have "6000" in their name. */
const workstation: readonly GpuModel[] = [
  row('quadro-p400', 'Quadro P400', [1998], { capability: '6.1', pci: '1cb3' }),
  row('quadro-p2000', 'Quadro P2000', [5059, 5120], { capability: '6.1', pci: '1c30 1cfa' }),
  row('quadro-p4000', 'Quadro P4000', [8192], { capability: '6.1', pci: '1bb1' }),
  row('quadro-rtx-4000', 'Quadro RTX 4000', [8192], { capability: '7.5', pci: '1eb1' }),
  row('quadro-rtx-5000', 'Quadro RTX 5000', [16384], { capability: '7.5', pci: '1eb0' }),
  row('quadro-rtx-6000', 'Quadro RTX 6000', [22698, 24576], { capability: '7.5', pci: '1e36' }),
  row('quadro-rtx-8000', 'Quadro RTX 8000', [46080, 49152], { capability: '7.5' }),
  row('rtx-a2000', 'NVIDIA RTX A2000', [6138, 12282], { ...ampere, pci: '2531', aliases: 'A2000' }),
  row('rtx-a4000', 'NVIDIA RTX A4000', [16376], { ...ampere, pci: '24b0', aliases: 'A4000' }),
  row('rtx-a4500', 'NVIDIA RTX A4500', [20470], { ...ampere, pci: '2232', aliases: 'A4500' }),
  row('rtx-a5000', 'NVIDIA RTX A5000', [24564], { ...ampere, pci: '2231', aliases: 'A5000' }),
  row('rtx-a5500', 'NVIDIA RTX A5500', [24564], { ...ampere, pci: '2233', aliases: 'A5500' }),
  row('rtx-a6000', 'NVIDIA RTX A6000', [49140], { ...ampere, pci: '2230', aliases: 'A6000' }),
  row('rtx-2000-ada', 'NVIDIA RTX 2000 Ada Generation', [16380], ada),
  row('rtx-4000-ada', 'NVIDIA RTX 4000 Ada Generation', [20475], { ...ada, pci: '27b2' }),
  row('rtx-4000-sff-ada', 'NVIDIA RTX 4000 SFF Ada Generation', [20475], { ...ada, pci: '27b0' }),
  row('rtx-4500-ada', 'NVIDIA RTX 4500 Ada Generation', [24570], { ...ada, pci: '27b1' }),
  row('rtx-5000-ada', 'NVIDIA RTX 5000 Ada Generation', [32760], { ...ada, pci: '26b2' }),
  row('rtx-5880-ada', 'NVIDIA RTX 5880 Ada Generation', [49140], { ...ada, pci: '26b3' }),
  row('rtx-6000-ada', 'NVIDIA RTX 6000 Ada Generation', [49140], {
    ...ada,
    pci: '26b1',
    aliases: '6000 Ada',
  }),
  row('rtx-pro-4000', 'NVIDIA RTX PRO 4000 Blackwell', [24467], { ...blackwell, pci: '2c34' }),
  row('rtx-pro-4500', 'NVIDIA RTX PRO 4500 Blackwell', [32623], { ...blackwell, pci: '2c31' }),
  row('rtx-pro-5000', 'NVIDIA RTX PRO 5000 Blackwell', [48935, 73415], {
    ...blackwell,
    pci: '2bb3',
  }),
  row('rtx-pro-6000', 'NVIDIA RTX PRO 6000 Blackwell Workstation Edition', [97887], {
    ...blackwell,
    pci: '2bb1',
    aliases: 'RTX PRO 6000 WS, RTX PRO 6000 WK',
  }),
  row('rtx-pro-6000-maxq', 'NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition', [97887], {
    ...blackwell,
    pci: '2bb4',
  }),
  row('rtx-pro-6000-server', 'NVIDIA RTX PRO 6000 Blackwell Server Edition', [97887], {
    ...blackwell,
    pci: '2bb5',
    aliases: 'RTX PRO 6000 S',
  }),
];

/** Data-centre accelerators. Family names match every member until memory or form decides. */
const dataCentre: readonly GpuModel[] = [
  row('k80', 'Tesla K80', [11441], { capability: '3.7', pci: '102d' }),
  row('m60', 'Tesla M60', [8129], { capability: '5.2', pci: '13f2' }),
  row('p4', 'Tesla P4', [7611], { capability: '6.1', pci: '1bb3' }),
  row('p40', 'Tesla P40', [23040, 24576], { capability: '6.1', pci: '1b38' }),
  row('p100', 'Tesla P100', [12198, 16280, 16384], {
    capability: '6.0',
    pci: '15f7 15f8 15f9',
    aliases: 'P100 PCIE, P100 SXM2',
  }),
  row('v100-16gb', 'Tesla V100 16GB', [16160, 16384], {
    capability: '7.0',
    pci: '1db1 1db4 1db3 1df5',
    aliases: 'V100, V100 SXM2, V100 PCIE, V100 FHHL',
  }),
  row('v100-32gb', 'Tesla V100 32GB', [32510, 32768], {
    capability: '7.0',
    pci: '1db5 1db6 1db8 1df6',
    aliases: 'V100, V100 SXM2, V100 SXM3, V100 PCIE, V100S PCIE',
  }),
  row('t4', 'Tesla T4', [15109, 15360], { capability: '7.5', pci: '1eb8' }),
  row('a2', 'NVIDIA A2', [15356], { ...ampere, pci: '25b6' }),
  row('a10', 'NVIDIA A10', [23028, 24564], { ...ampere, pci: '2236' }),
  row('a10g', 'NVIDIA A10G', [23028], { ...ampere, pci: '2237' }),
  row('a16', 'NVIDIA A16', [15356], ampere),
  row('a30', 'NVIDIA A30', [24576], { capability: '8.0', pci: '20b7' }),
  row('a40', 'NVIDIA A40', [46068, 49140], { ...ampere, pci: '2235' }),
  row('a100-40gb-pcie', 'NVIDIA A100-PCIE-40GB', [40536, 40960], {
    capability: '8.0',
    pci: '20f1 20b1',
    aliases: 'A100, A100 PCIE',
  }),
  row('a100-40gb-sxm', 'NVIDIA A100-SXM4-40GB', [40536, 40960], {
    capability: '8.0',
    pci: '20b0',
    aliases: 'A100, A100 SXM, A100 SXM4',
  }),
  row('a100-80gb-pcie', 'NVIDIA A100 80GB PCIe', [81920], {
    capability: '8.0',
    pci: '20b5',
    aliases: 'A100, A100 PCIE',
  }),
  row('a100-80gb-sxm', 'NVIDIA A100-SXM4-80GB', [81251, 81920], {
    capability: '8.0',
    pci: '20b2',
    aliases: 'A100, A100 SXM, A100 SXM4',
  }),
  row('a800-80gb', 'NVIDIA A800 80GB', [81920], {
    capability: '8.0',
    pci: '20f3 20f5',
    aliases: 'A800, A800 PCIe, A800 SXM4',
  }),
  row('l4', 'NVIDIA L4', [23034], { ...ada, pci: '27b8' }),
  row('l20', 'NVIDIA L20', [46068], { ...ada, pci: '26ba 26b7' }),
  row('l40', 'NVIDIA L40', [46068], { ...ada, pci: '26b5' }),
  row('l40s', 'NVIDIA L40S', [46068], { ...ada, pci: '26b9' }),
  row('h100-pcie', 'NVIDIA H100 PCIe', [81559], { ...hopper, pci: '2331', aliases: 'H100' }),
  row('h100-sxm', 'NVIDIA H100 80GB HBM3', [81559], {
    ...hopper,
    pci: '2330',
    aliases: 'H100, H100 SXM, H100 SXM5',
  }),
  row('h100-nvl', 'NVIDIA H100 NVL', [95830], { ...hopper, pci: '2321', aliases: 'H100' }),
  row('h800', 'NVIDIA H800', [81559], { ...hopper, pci: '2322 2324', aliases: 'H800 PCIe' }),
  row('h20', 'NVIDIA H20', [97871], { ...hopper, pci: '2329' }),
  row('h200', 'NVIDIA H200', [143771], {
    ...hopper,
    pci: '2335',
    aliases: 'H200 SXM, H200 SXM5',
  }),
  row('h200-nvl', 'NVIDIA H200 NVL', [143771], { ...hopper, pci: '233b' }),
  row('gh200', 'NVIDIA GH200 480GB', [97871], { ...hopper, pci: '2342', aliases: 'GH200' }),
  row('gh200-144gb', 'NVIDIA GH200 144G HBM3e', [147456], {
    ...hopper,
    pci: '2348',
    aliases: 'GH200',
  }),
  row('b200', 'NVIDIA B200', [183359], { capability: '10.0', pci: '2901' }),
  row('b300', 'NVIDIA B300 SXM6 AC', [275040], { capability: '10.3', aliases: 'B300' }),
  row('gb300', 'NVIDIA GB300', [294912], { capability: '10.3' }),
  row('gb200', 'NVIDIA GB200', [189471], { capability: '10.0', pci: '2941' }),
];

/** Systems whose GPU shares the machine's memory, so the tool prints none. */
const unified: readonly GpuModel[] = [
  row('gb10', 'NVIDIA GB10', [], { capability: '12.1', aliases: 'DGX Spark' }),
  row('jetson-orin-nano', 'NVIDIA Jetson Orin Nano', [], { capability: '8.7' }),
  row('jetson-orin-nx', 'NVIDIA Jetson Orin NX', [], { capability: '8.7' }),
  row('jetson-agx-orin', 'NVIDIA Jetson AGX Orin', [], {
    capability: '8.7',
    aliases: 'Orin (nvgpu)',
  }),
];

export const nvidiaProModels: readonly GpuModel[] = [...workstation, ...dataCentre, ...unified];
