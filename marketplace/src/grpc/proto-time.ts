/** google.protobuf.Timestamp as it is read and written here. */
export interface ProtoTime {
  seconds: number;
  nanos: number;
}

export function toProtoTime(ms: number): ProtoTime {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1_000_000) };
}

export function toProtoTimeOrNull(ms: number | null): ProtoTime | null {
  return ms === null ? null : toProtoTime(ms);
}

/** Milliseconds, whole; null for a time that was not given. */
export function fromProtoTime(time: ProtoTime | null): number | null {
  return time === null ? null : Math.trunc(time.seconds * 1_000 + time.nanos / 1_000_000);
}
