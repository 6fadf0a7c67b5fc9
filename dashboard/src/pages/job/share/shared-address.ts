/** The page that a link of the API leads to: the same id and signature, at an address for people. */
export function sharedAddress(path: string, origin: string): string {
  const { pathname, search } = new URL(path, origin);
  const [linkId = ''] = pathname.replace(/^\/api\/v1\/shared\//, '').split('/');
  // A file is no page: its link leads to the bytes.
  const isFile = pathname.includes('/artifacts/');
  return `${origin}${isFile ? pathname : `/s/${linkId}`}${search}`;
}

export interface SharedSearch {
  /** Absent where the address was cut off: nothing can be shown without it. */
  signature?: string;
}

export function readSharedSearch({ signature }: Record<string, unknown>): SharedSearch {
  const isOne = typeof signature === 'string' && /^[A-Za-z0-9_-]{43}$/.test(signature);
  return isOne ? { signature } : {};
}
