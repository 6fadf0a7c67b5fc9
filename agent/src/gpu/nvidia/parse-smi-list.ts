/** One MIG device of `nvidia-smi -L`. */
export interface ListedMigDevice {
  /** Such as `3g.40gb` or `1c.3g.71gb`. */
  profile: string;
  index: number;
  /** `MIG-<uuid>`, or `MIG-GPU-<uuid>/<instance>/<compute instance>` before driver 470. */
  uuid: string;
}

export interface ListedGpu {
  index: number;
  model: string;
  uuid: string;
  migDevices: ListedMigDevice[];
}

const gpuLine = /^GPU (\d+): (.+?) \(UUID: ([^)]+)\)$/;
const migLine = /^MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[^)]+)\)$/;

/** Reads `nvidia-smi -L`, the only place that prints the UUIDs of MIG devices. */
export function parseSmiList(output: string): ListedGpu[] {
  const gpus: ListedGpu[] = [];
  for (const line of output.split(/\r?\n/).map((text) => text.trim())) {
    const [, index, model, uuid] = gpuLine.exec(line) ?? [];
    if (index !== undefined && model !== undefined && uuid !== undefined) {
      gpus.push({ index: Number(index), model, uuid, migDevices: [] });
    }
    const [, profile, device, migUuid] = migLine.exec(line) ?? [];
    if (profile !== undefined && device !== undefined && migUuid !== undefined) {
      gpus.at(-1)?.migDevices.push({ profile, index: Number(device), uuid: migUuid });
    }
  }
  return gpus;
}
