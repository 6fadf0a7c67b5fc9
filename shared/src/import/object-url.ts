/** A URL that the marketplace fetches inputs from; null for what is none. */
export function readHttpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 4_096) return null;
  url.hash = '';
  return url;
}

/** A part of a path. What is no Unicode can't be one, and becomes U+FFFD. */
export function encoded(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

export interface ObjectAddress {
  bucket: string;
  key: string;
  /** Empty for the usual one of the store. */
  region: string;
  /** Empty for Amazon's own. */
  endpoint: string;
  version: string;
}

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const regionPattern = /^[a-z0-9-]{1,32}$/;

/** Where an object of S3 is, for those that anybody may read; null where it can't be said. */
export function objectUrl({ bucket, key, region, endpoint, version }: ObjectAddress): URL | null {
  if (!bucketPattern.test(bucket) || (region !== '' && !regionPattern.test(region))) return null;
  const host = region === '' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
  const start = endpoint === '' ? `https://${host}` : withoutEndSlashes(endpoint);
  const path = key.split('/').map(encoded).join('/');
  // The bucket in the path works with every store, and with dots in its name.
  const url = readHttpUrl(`${start}/${bucket}/${path}`);
  if (url !== null && version !== '') url.searchParams.set('versionId', version);
  return url;
}

/** A regular expression would take a time that grows with the square of their number. */
export function withoutEndSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
