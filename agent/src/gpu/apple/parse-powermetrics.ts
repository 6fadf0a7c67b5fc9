/** One sample of `powermetrics --samplers gpu_power`, as text or as a property list. */
export interface PowermetricsSample {
  /** Such as `Mac14,10`. */
  machine: string | null;
  utilizationPercent: number | null;
  clockMegahertz: number | null;
  powerWatts: number | null;
  /** `Nominal`, `Moderate`, `Heavy`…; `null` where it was not asked for. */
  thermalPressure: string | null;
}

/** @returns `null` where the output has no sample, as for whoever is not root. */
export function parsePowermetrics(output: string): PowermetricsSample | null {
  return output.includes('<plist') ? fromPropertyList(output) : fromText(output);
}

function fromText(output: string): PowermetricsSample | null {
  const number = (pattern: RegExp) => numberOf(pattern.exec(output)?.[1]);
  const sample = {
    machine: /^Machine model: (\S+)/m.exec(output)?.[1] ?? null,
    // Systems before 13 leave out the HW.
    utilizationPercent: number(/^GPU (?:HW )?active residency:\s*([\d.]+)%/m),
    clockMegahertz: number(/^GPU (?:HW )?active frequency:\s*([\d.]+) MHz/m),
    powerWatts: thousandth(number(/^GPU Power:\s*([\d.]+) mW/m)),
    thermalPressure: /^Current pressure level: (\w+)/m.exec(output)?.[1] ?? null,
  };
  return isEmpty(sample) ? null : sample;
}

/** Keys and their values stand side by side; power is in milliwatts, and what rests is idle. */
function fromPropertyList(output: string): PowermetricsSample | null {
  const value = (name: string) =>
    new RegExp(`<key>${name}</key>\\s*<(?:real|integer|string)>([^<]*)<`).exec(output)?.[1];
  const gpu = output.slice(Math.max(0, output.search(/<key>gpu<\/key>/i)));
  const idle = numberOf(/<key>idle_ratio<\/key>\s*<real>([^<]*)</.exec(gpu)?.[1]);
  const hertz = numberOf(/<key>freq_hz<\/key>\s*<(?:real|integer)>([^<]*)</.exec(gpu)?.[1]);
  const sample = {
    machine: value('hw_model') ?? null,
    utilizationPercent: idle === null ? null : (1 - idle) * 100,
    // Named hertz, and megahertz in most releases.
    clockMegahertz: hertz === null || hertz < 100_000 ? hertz : hertz / 1_000_000,
    powerWatts: thousandth(numberOf(value('gpu_power'))),
    thermalPressure: value('thermal_pressure') ?? null,
  };
  return isEmpty(sample) ? null : sample;
}

function isEmpty(sample: PowermetricsSample): boolean {
  return sample.utilizationPercent === null && sample.powerWatts === null;
}

function numberOf(text: string | undefined): number | null {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function thousandth(value: number | null): number | null {
  return value === null ? null : value / 1_000;
}
