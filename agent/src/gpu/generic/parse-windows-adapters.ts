import { asObject, parseJsonOutput, readMeasure, readText } from '../json-output.ts';

/** One real graphics card of Windows; virtual and basic adapters are left out. */
export interface WindowsAdapter {
  name: string;
  /** `1002:7550:c0`; `null` where Windows doesn't say. */
  pciModel: string | null;
  driverVersion: string | null;
  /** Inside the processor. */
  integrated: boolean;
}

/** PowerShell prints one adapter as an object and several as an array. */
function listOf(output: string): unknown[] {
  const parsed = parseJsonOutput(output);
  return Array.isArray(parsed) ? parsed : parsed === undefined ? [] : [parsed];
}

const unreal =
  /Basic (?:Display|Render)|Virtual|Parsec|Remote|Mirror|Hyper-V|Indirect|DisplayLink/i;

/**
 * Reads `Get-CimInstance Win32_VideoController | ConvertTo-Json`. Its `AdapterRAM` is a number of
 * 32 bits that ends at 4 GiB, so memory is never taken from it.
 */
export function parseWindowsAdapters(output: string): WindowsAdapter[] {
  return listOf(output).flatMap((entry) => {
    const fields = asObject(entry);
    const name = readText(fields?.['Name']);
    if (fields === null || name === null || unreal.test(name)) return [];
    const place = readText(fields['PNPDeviceID']);
    if (place !== null && !/^PCI\\/i.test(place)) return [];
    const [, vendor, device] = /VEN_([0-9a-f]{4})&DEV_([0-9a-f]{4})/i.exec(place ?? '') ?? [];
    const revision = /REV_([0-9a-f]{2})/i.exec(place ?? '')?.[1];
    const ids = [vendor, device, revision].filter((id) => id !== undefined);
    return [
      {
        name,
        pciModel: vendor === undefined ? null : ids.join(':').toLowerCase(),
        driverVersion: driverOf(name, readText(fields['DriverVersion'])),
        integrated: isIntegrated(name),
      },
    ];
  });
}

/** NVIDIA's own version is in the last five digits of Windows': 31.0.15.3699 is 536.99. */
function driverOf(name: string, version: string | null): string | null {
  if (version === null || !/NVIDIA|GeForce|Quadro|Tesla/i.test(name)) return version;
  const digits = version.replaceAll('.', '').slice(-5);
  return digits.length < 5 ? version : `${digits.slice(0, 3)}.${digits.slice(3)}`;
}

/** Processors' graphics have no model number of a card. */
function isIntegrated(name: string): boolean {
  return (
    /^AMD Radeon(?:\(TM\))? (?:Vega \d+ |\d{3}M )?Graphics$/i.test(name) ||
    /Intel.*\b(?:U?HD|Iris)\b/i.test(name)
  );
}

/**
 * Reads the memory of cards out of the registry's display class, where it has all its bits.
 * @returns bytes by `1002:7550`.
 */
export function parseRegistryMemory(output: string): Map<string, number> {
  return new Map(
    listOf(output).flatMap((entry) => {
      const fields = asObject(entry);
      const place = readText(fields?.['MatchingDeviceId']) ?? '';
      const [, vendor, device] = /ven_([0-9a-f]{4})&dev_([0-9a-f]{4})/i.exec(place) ?? [];
      const bytes = readMeasure(fields?.['HardwareInformation.qwMemorySize']);
      if (vendor === undefined || device === undefined || bytes === null) return [];
      return [[`${vendor}:${device}`.toLowerCase(), bytes] as const];
    }),
  );
}
