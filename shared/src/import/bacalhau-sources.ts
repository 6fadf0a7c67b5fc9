import { Buffer } from 'node:buffer';
import type { JobInput } from '../job-files.ts';
import { limits } from '../limits.ts';
import type { ForeignObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import { objectUrl, readHttpUrl } from './object-url.ts';
import { inputPath, inputPlaceFix } from './workload-parts.ts';

interface Place {
  /** As the document says it. */
  target: string;
  pointer: string;
}

type Source = Pick<JobInput, 'source' | 'unpack'>;

/** One input; null where it is refused. */
export function readSource(
  report: ImportReport,
  given: ForeignObject,
  place: Place,
): JobInput | null {
  const type = given.text('Type') ?? '';
  const params = given.object('Params');
  given.close();
  if (params === undefined) {
    report.refuse(given.at('Params'), 'is missing', 'Say where the data is.');
    return null;
  }
  switch (type.toLowerCase()) {
    case 'urldownload':
      return fromUrl(report, params, 'URL', place);
    case 's3presigned':
      return fromUrl(report, params, 'PreSignedURL', place);
    case 'inline':
      return fromInline(report, params, place);
    case 's3':
      return fromS3(report, params, place);
    case 'ipfs':
      return fromIpfs(report, params, place);
    case 'local':
    case 'localdirectory': {
      const detail = "is a folder of the provider's machine, which no job sees";
      report.refuse(given.at('Type'), detail, 'Upload it (node3 upload), or name a URL.');
      return null;
    }
    default: {
      const detail = `"${type.slice(0, 40)}" is no source that is known`;
      report.refuse(given.at('Type'), detail, 'Use urlDownload, s3, ipfs or inline.');
      return null;
    }
  }
}

function at(report: ImportReport, { target, pointer }: Place, source: Source): JobInput | null {
  const path = inputPath(target);
  if (path !== null) return { path, ...source };
  report.refuse(pointer, 'is no place where a job can have files', inputPlaceFix);
  return null;
}

/** Theirs lies in the target, with the name that it has in the URL. */
function fromUrl(
  report: ImportReport,
  params: ForeignObject,
  field: string,
  { target, pointer }: Place,
): JobInput | null {
  const url = readHttpUrl(params.text(field) ?? '');
  params.close();
  const name = url?.pathname.split('/').at(-1) ?? '';
  if (url === null || name === '') {
    report.refuse(params.at(field), 'must be an http or https URL of a file', 'Write it whole.');
    return null;
  }
  return at(report, { target: `${target}/${name}`, pointer }, urlSource(url.href));
}

function urlSource(url: string): Source {
  return { source: { kind: 'url', url } };
}

const dataUrl = /^data:([^,;]*)((?:;[^,;]*)*),([\s\S]*)$/;

/** `data:` URLs; a gzip one is an archive, whose files are wanted. */
function fromInline(report: ImportReport, params: ForeignObject, place: Place): JobInput | null {
  const match = dataUrl.exec(params.text('URL') ?? '');
  params.close();
  const [, type = '', attributes = '', data = ''] = match ?? [];
  const isBase64 = attributes.split(';').includes('base64');
  const bytes = match === null ? null : isBase64 ? fromBase64(data) : fromPercent(data);
  if (bytes === null) {
    const fix = 'Write it as data:text/plain;base64,aGkK.';
    report.refuse(params.at('URL'), 'is no data: URL (RFC 2397)', fix);
    return null;
  }
  if (bytes.length > limits.inlineInputBytes) {
    const detail = `holds more than ${limits.inlineInputBytes} bytes`;
    report.refuse(params.at('URL'), detail, 'Upload it (node3 upload), or name a URL.');
    return null;
  }
  const source = { kind: 'inline' as const, contentBase64: bytes.toString('base64') };
  return at(report, place, type === 'application/gzip' ? { source, unpack: true } : { source });
}

function fromBase64(text: string): Buffer | null {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

function fromPercent(text: string): Buffer | null {
  try {
    return Buffer.from(decodeURIComponent(text));
  } catch {
    return null;
  }
}

/** One object, as anybody may read it. */
function fromS3(report: ImportReport, params: ForeignObject, place: Place): JobInput | null {
  const key = params.text('Key') ?? '';
  const url = objectUrl({
    bucket: params.text('Bucket') ?? '',
    key,
    region: params.text('Region') ?? '',
    endpoint: params.text('Endpoint') ?? '',
    version: params.text('VersionID') ?? '',
  });
  const checksum = params.text('ChecksumSHA256') ?? '';
  for (const name of ['Filter', 'Partition']) {
    if (!params.has(name)) continue;
    params.ignore(name);
    const detail = 'chooses among many objects, and an input is one file';
    report.refuse(params.at(name), detail, 'Name each object as an input.');
  }
  params.close();
  if (url === null || key === '' || /\*|\/$/.test(key)) {
    const detail = 'must name one object: a Bucket and a Key without * or a slash at its end';
    report.refuse(params.pointer, detail, 'Name each object, or pack them into one archive.');
    return null;
  }
  const sha256 = checksum === '' ? '' : Buffer.from(checksum, 'base64').toString('hex');
  if (sha256 !== '' && sha256.length !== 64) {
    report.refuse(params.at('ChecksumSHA256'), 'is no SHA-256 in base64', 'Correct it.');
  }
  report.warn(params.pointer, 'is read without credentials', publicFix);
  const source = { kind: 'url' as const, url: url.href, ...(sha256 === '' ? {} : { sha256 }) };
  const name = key.split('/').at(-1) ?? '';
  return at(report, { ...place, target: `${place.target}/${name}` }, { source });
}

const publicFix = 'Make sure that anybody may read it, or use a presigned URL (urlDownload).';

/** A public gateway; whoever wants another one names its URL. */
const ipfsGateway = 'https://ipfs.io/ipfs/';

function fromIpfs(report: ImportReport, params: ForeignObject, place: Place): JobInput | null {
  const cid = params.text('CID') ?? '';
  params.close();
  if (!/^[A-Za-z0-9]{46,100}$/.test(cid)) {
    report.refuse(params.at('CID'), 'is no content id', 'Write the CID alone.');
    return null;
  }
  const message = `is fetched from ${ipfsGateway} as one file`;
  const fix = 'For a folder, name its files as inputs of type urlDownload.';
  report.warn(params.at('CID'), message, fix);
  return at(report, place, urlSource(`${ipfsGateway}${cid}`));
}
