/** One line of `tegrastats`, on Jetson boards, whose GPU shares the machine's memory. */
export interface TegraSample {
  memoryUsedMib: number;
  memoryTotalMib: number;
  utilizationPercent: number | null;
  temperatureCelsius: number | null;
}

/** @returns `null` for a line that is no sample. */
export function parseTegrastats(line: string): TegraSample | null {
  const memory = /\bRAM (\d+)\/(\d+)MB\b/.exec(line);
  if (memory === null) return null;
  const number = (pattern: RegExp) => {
    const text = pattern.exec(line)?.[1];
    return text === undefined ? null : Number(text);
  };
  return {
    memoryUsedMib: Number(memory[1]),
    memoryTotalMib: Number(memory[2]),
    utilizationPercent: number(/\bGR3D(?:_FREQ)? (\d+)%/),
    // Boards without a sensor of the GPU have the hottest place of the chip.
    temperatureCelsius: number(/\bgpu@(-?\d+(?:\.\d+)?)C/i) ?? number(/\btj@(-?\d+(?:\.\d+)?)C/i),
  };
}
