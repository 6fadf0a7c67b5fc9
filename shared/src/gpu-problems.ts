import type { ProblemSaid } from './agent-problems.ts';
import type { SaidValues } from './agent-sentences.ts';
import { fillValues } from './fill-values.ts';

const bare = '{{card}} is built in with no driver, so nothing can use it.';
const held = '{{card}} is built in with the driver {{driver}}, so nothing can use it.';
const nvidiaDriver =
  'Install the NVIDIA driver (Ubuntu: "sudo ubuntu-drivers install"; Debian: "sudo apt install nvidia-driver"), then restart.';
const amdDriver =
  'Load the driver with "sudo modprobe amdgpu"; if that fails, install the package amdgpu-dkms, then restart.';
const intelDriver =
  'Install a kernel that knows the card (6.8 or newer) and its firmware, then restart.';
const otherMac = "Offer the processor alone, or run the agent on a Mac with one of Apple's chips.";

/**
 * What is wrong with GPUs, their drivers and tools. Before the point of a key stands who says so, as
 * `by` among the values; behind it the code of the problem, which several may share.
 */
export const gpuProblems = {
  'detector-failed': {
    sentence: 'Looking for {{vendor}} devices failed in the agent itself.',
    fix: 'Look for "GPU detector failed" in the log of the agent and report it.',
  },
  'gpu-index-missing': {
    sentence: 'GPU_INDEX names {{missing}}, and GPUs found are {{count}}, counted from 0.',
    fix: 'Correct it by the list of: node3 agent detect',
  },
  'kernel-log-unreadable': {
    sentence: 'The agent cannot read the log of the kernel, where GPU faults are reported first.',
    fix: 'Add the user of the agent to the group: "sudo usermod -aG systemd-journal <user>", then restart it.',
  },
  'gpu-not-answering': {
    sentence: "{{card}} has its driver, but {{maker}}'s tool does not list it.",
    fix: 'Look for its error with "sudo dmesg | grep -iE \'nvrm|xid\'", then restart the machine.',
  },
  'nvidia-bare.gpu-without-driver': { sentence: bare, fix: nvidiaDriver },
  'nvidia-held.gpu-without-driver': { sentence: held, fix: nvidiaDriver },
  'amd-bare.gpu-without-driver': { sentence: bare, fix: amdDriver },
  'amd-held.gpu-without-driver': { sentence: held, fix: amdDriver },
  'intel-bare.gpu-without-driver': { sentence: bare, fix: intelDriver },
  'intel-held.gpu-without-driver': { sentence: held, fix: intelDriver },
  'apple-virtual.gpu-not-supported': {
    sentence: '{{model}} is the graphics device of a virtual machine, where GPU work may hang.',
    fix: otherMac,
  },
  'apple-intel.gpu-not-supported': {
    sentence: '{{model}} is a graphics card of an Intel Mac, which jobs cannot use.',
    fix: otherMac,
  },
  'windows.gpu-not-supported': {
    sentence: '{{model}} cannot be offered from Windows, where jobs reach only NVIDIA cards.',
    fix: 'Run the agent on Linux to offer this card.',
  },
  'tool.tool-timeout': {
    sentence: '{{tool}} did not answer within {{ms}} ms.',
    fix: 'Run "{{tool}}" by hand; if it hangs there too, restart the machine.',
  },
  'tool.tool-stuck': {
    sentence: 'A run of {{tool}} hangs in the kernel.',
    fix: 'Restart the machine; a GPU has stopped answering its driver.',
  },
  'tool.tool-killed': {
    sentence: '{{tool}} was ended by {{signal}}.',
    fix: 'Look for a crash or for missing memory in the system log.',
  },
  'tool.output-too-large': {
    sentence: '{{tool}} printed more than {{bytes}} bytes.',
    fix: 'Run "{{tool}}" by hand and look at what it prints.',
  },
  'tool.output-unreadable': {
    sentence: "{{tool}} printed something that can't be read.",
    fix: 'Run "{{tool}}" by hand; a wrapper script may stand before the real program.',
  },
  'tool.unknown-error': {
    sentence: '{{tool}} failed with exit code {{exitCode}}.',
    fix: 'Run "{{tool}}" by hand and look at what it says.',
  },
  'nvidia.tool-missing': {
    sentence: 'There is no nvidia-smi on this machine.',
    fix: 'If the machine has an NVIDIA GPU, install the NVIDIA driver.',
  },
  'nvidia.tool-timeout': {
    sentence: 'nvidia-smi did not answer within {{ms}} ms.',
    fix: 'Turn persistence mode on with "sudo nvidia-smi -pm 1"; restart if it stays so.',
  },
  'nvidia.tool-ended': {
    sentence: 'nvidia-smi ended although it should go on measuring.',
    fix: 'It is started again by itself; if this stays, run "nvidia-smi --loop-ms=1000" by hand.',
  },
  'nvidia.output-truncated': {
    sentence: 'The report of nvidia-smi ended in the middle.',
    fix: 'Run "nvidia-smi -q" by hand; one GPU may have stopped answering.',
  },
  'nvidia.unknown-error': {
    sentence: 'nvidia-smi failed with exit code {{exitCode}}.',
    fix: 'In a container, restart the container; otherwise run "nvidia-smi" by hand.',
  },
  'nvidia.gpu-unconfirmed': {
    sentence:
      'GPUs that nvidia-smi reports but does not list when asked for each: {{count}}. Nothing is offered of them.',
    fix: 'Compare "nvidia-smi -q" with "nvidia-smi -L"; restart the machine if a card is missing there.',
  },
  'nvidia.gpu-unidentified': {
    sentence: 'GPUs that nvidia-smi lists without a UUID: {{count}}.',
    fix: 'Restart the machine; a GPU without a UUID has usually stopped answering the driver.',
  },
  'nvidia.gpu-unlicensed': {
    sentence: '{{model}} ({{id}}) is a virtual GPU without a licence, so its host slows it down.',
    fix: 'Name the licence server in /etc/nvidia/gridd.conf and restart nvidia-gridd.',
  },
  'nvidia.mig-without-devices': {
    sentence: 'MIG is on for {{model}} ({{id}}), but it has no MIG devices to lease.',
    fix: 'Create some with "sudo nvidia-smi mig -cgi … -C", or turn MIG off.',
  },
  'nvidia.memory-mismatch': {
    sentence: '{{model}} ({{id}}) has an amount of memory that this model is not sold with.',
    fix: 'It is offered without a model name. If the card is genuine, report its name and memory.',
  },
  'nvidia.field-not-supported': {
    sentence: 'This NVIDIA driver does not know a field that was asked for.',
    fix: 'Update the NVIDIA driver.',
  },
  'nvidia.driver-library-missing': {
    sentence: 'nvidia-smi is installed, but the NVIDIA driver library is not.',
    fix: 'Install the NVIDIA driver package that belongs to this nvidia-smi.',
  },
  'nvidia.driver-not-loaded': {
    sentence: 'The NVIDIA driver is not loaded.',
    fix: 'Load it with "sudo modprobe nvidia", or install the driver for the running kernel.',
  },
  'nvidia.driver-library-mismatch': {
    sentence: 'The loaded NVIDIA driver and its library have different versions.',
    fix: 'Restart the machine, so that the updated driver is loaded.',
  },
  'nvidia.binary-mismatch': {
    sentence: 'nvidia-smi and the NVIDIA driver library come from different versions.',
    fix: 'Remove the extra nvidia-smi, so that the one of the driver is found first.',
  },
  'nvidia.os-blocked': {
    sentence: 'The operating system blocks access to the GPU.',
    fix: 'On WSL, update the Windows driver and run "wsl --update", then "wsl --shutdown".',
  },
  'nvidia.gpu-lost': {
    sentence: 'A GPU has fallen off the bus.',
    fix: 'Restart the machine; if it happens again, check the power supply and the slot.',
  },
  'nvidia.needs-reset': {
    sentence: 'The driver asks for a reset of a GPU.',
    fix: 'Reset it with "sudo nvidia-smi --gpu-reset -i <number>", or restart the machine.',
  },
  'nvidia.inforom-corrupted': {
    sentence: 'The memory in which a GPU keeps its own settings is damaged.',
    fix: 'Restart the machine; if this stays, the card has to be repaired.',
  },
  'nvidia.insufficient-resources': {
    sentence: 'The NVIDIA driver has no resources left for a GPU.',
    fix: 'Restart the machine; on large ones look for BAR errors with "sudo dmesg | grep -i nvrm".',
  },
  'nvidia.gpu-handle-error': {
    sentence: 'A GPU does not answer the NVIDIA driver.',
    fix: 'Restart the machine; "sudo dmesg | grep -i xid" shows what the driver saw.',
  },
  'nvidia.no-permission': {
    sentence: 'The agent may not access the GPU.',
    fix: 'Give the user of the agent access to /dev/nvidia*, usually by the group "video".',
  },
  'nvidia.insufficient-power': {
    sentence: 'A GPU has no external power.',
    fix: 'Connect the power cables of the GPU.',
  },
  'nvidia.no-devices': {
    sentence: 'The NVIDIA driver is loaded and finds no GPU.',
    fix: 'If a GPU is installed, look for its error with "sudo dmesg | grep -i nvrm".',
  },
  'amd.driver-not-loaded': {
    sentence: 'The AMD driver amdgpu is not loaded.',
    fix: 'Load it with "sudo modprobe amdgpu"; AMD data-centre cards need the package amdgpu-dkms.',
  },
  'amd.no-permission': {
    sentence: 'The agent may not open the AMD GPU.',
    fix: 'Add the user of the agent to its groups: "sudo usermod -aG render,video <user>", then log in anew.',
  },
  'amd.tool-incomplete': {
    sentence: 'A tool of ROCm is installed without its library.',
    fix: 'Reinstall the package rocm-smi-lib or amd-smi-lib.',
  },
  'amd.no-devices': {
    sentence: "AMD's tools find no GPU.",
    fix: 'If one is installed, look for its error with "sudo dmesg | grep -i amdgpu".',
  },
  'amd.compute-driver-missing': {
    sentence:
      '{{model}} ({{place}}) draws pictures, but the compute driver of AMD does not offer it.',
    fix: 'Check that /dev/kfd exists; "sudo dmesg | grep -i kfd" says why a card was left out.',
  },
  'intel.no-devices': {
    sentence: "Intel's tools find no GPU.",
    fix: 'If one is installed, look for its error with "sudo dmesg | grep -iE \'i915|xe \'".',
  },
  'intel.no-permission': {
    sentence: 'The agent may not read how busy the Intel GPU is.',
    fix: 'Allow it with "sudo setcap cap_perfmon=+ep $(command -v intel_gpu_top)".',
  },
  'intel.driver-not-loaded': {
    sentence: 'The compute driver of Intel is not installed.',
    fix: 'Install the packages intel-opencl-icd and level-zero.',
  },
} as const;

export type GpuProblem = keyof typeof gpuProblems;

export function sayGpuProblem(problem: GpuProblem, values: SaidValues = {}): Required<ProblemSaid> {
  const { sentence, fix } = gpuProblems[problem];
  const [before = problem, code] = problem.split('.');
  return {
    code: code ?? before,
    sentence: fillValues(sentence, values),
    fix: fillValues(fix, values),
    values: code === undefined ? values : { ...values, by: before },
  };
}
