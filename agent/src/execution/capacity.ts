/** What one execution takes from the machine while it is here. */
export interface Reservation {
  deviceIds: readonly string[];
  cpus: number;
  memoryBytes: number;
  diskBytes: number;
}

/** What the provider offers of the machine as a whole. */
export interface MachineLimits {
  cpus: number;
  memoryBytes: number;
  /** Free space under the data directory now, without the floor that jobs never get. */
  diskBytes: number;
  slots: number;
}

export interface FreeCapacity {
  deviceIds: string[];
  cpus: number;
  memoryBytes: number;
  diskBytes: number;
  slots: number;
}

/** Subtracts what is taken. Pure; a negative rest is none. */
export function freeCapacity(
  machine: MachineLimits,
  deviceIds: readonly string[],
  taken: readonly Reservation[],
): FreeCapacity {
  const leased = new Set(taken.flatMap((reservation) => reservation.deviceIds));
  const rest = (whole: number, part: (reservation: Reservation) => number) =>
    Math.max(
      0,
      taken.reduce((left, reservation) => left - part(reservation), whole),
    );
  return {
    deviceIds: deviceIds.filter((deviceId) => !leased.has(deviceId)),
    cpus: rest(machine.cpus, ({ cpus }) => cpus),
    memoryBytes: rest(machine.memoryBytes, ({ memoryBytes }) => memoryBytes),
    diskBytes: rest(machine.diskBytes, ({ diskBytes }) => diskBytes),
    slots: rest(machine.slots, () => 1),
  };
}
