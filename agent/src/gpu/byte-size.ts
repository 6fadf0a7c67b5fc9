export const mebibyte = 1_048_576;

export function bytesOfMebibytes(mebibytes: number | null): number | null {
  return mebibytes === null ? null : Math.round(mebibytes * mebibyte);
}
