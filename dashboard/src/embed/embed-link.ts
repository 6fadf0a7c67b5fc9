/** What a link to a shared job consists of: the marketplace, the id of the link and its secret. */
export interface EmbedLink {
  origin: string;
  linkId: string;
  signature: string;
}

const path = /^\/(?:s|api\/v1\/shared)\/([a-z]+_[0-9A-Za-z]{1,64})(?:\/(?:logs|artifacts))?$/;
const secret = /^[A-Za-z0-9_-]{43}$/;

/** Reads the address that was shared, or the one of the API; null where it is neither. */
export function readEmbedLink(text: string, baseUrl: string): EmbedLink | null {
  if (text.trim() === '' || !URL.canParse(text, baseUrl)) return null;
  const url = new URL(text, baseUrl);
  const linkId = path.exec(url.pathname)?.[1];
  const signature = url.searchParams.get('signature') ?? '';
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || linkId === undefined || !secret.test(signature)) return null;
  return { origin: url.origin, linkId, signature };
}

/** The address of a file that the marketplace named; null where it leads anywhere else. */
export function fileAddress(url: string, { origin }: EmbedLink): string | null {
  if (!URL.canParse(url, origin)) return null;
  const address = new URL(url, origin);
  return address.origin === origin ? address.href : null;
}
