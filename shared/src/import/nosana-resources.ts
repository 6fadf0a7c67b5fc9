import type { JobInput } from '../job-files.ts';
import { type ForeignObject, pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import { encoded, objectUrl, readHttpUrl, withoutEndSlashes } from './object-url.ts';
import { checkInputList, inputPath, inputPlaceFix, isFew } from './workload-parts.ts';

/** What is there before a container starts, as inputs that the agent fetches. */
export function readResources(report: ImportReport, args: ForeignObject): JobInput[] {
  const given = args.objects('resources');
  if (!isFew([report, args.at('resources')], given)) return [];
  const inputs = given.flatMap((resource) => {
    const read = readResource(report, resource);
    resource.close();
    return read;
  });
  checkInputList([report, args.at('resources')], inputs);
  return inputs;
}

function readResource(report: ImportReport, resource: ForeignObject): JobInput[] {
  const type = resource.text('type') ?? '';
  switch (type) {
    case 'HF':
      return readHub(report, resource);
    case 'S3':
      return readBuckets(report, resource);
    case 'Ollama': {
      resource.ignore('model', 'target');
      const detail = 'comes from the registry of Ollama in its own protocol';
      const fix = 'Use an image that has the model, or name its file as an HF or S3 resource.';
      report.refuse(resource.pointer, detail, fix);
      return [];
    }
    default:
      report.refuse(resource.at('type'), 'is no resource that is known', 'Write S3 or HF.');
      return [];
  }
}

/** Files of a repository of Hugging Face. */
function readHub(report: ImportReport, resource: ForeignObject): JobInput[] {
  const repo = resource.text('repo') ?? '';
  const revision = resource.text('revision') ?? 'main';
  const files = resource.texts('files') ?? [];
  const target = resource.text('target') ?? '';
  if (resource.take('accessToken') !== undefined) {
    refuseCredentials(report, resource.at('accessToken'));
  }
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) {
    report.refuse(resource.at('repo'), 'must be owner/name', 'Write it as on huggingface.co.');
    return [];
  }
  const start = `https://huggingface.co/${repo}/resolve/${encoded(revision)}`;
  return filesAt(report, resource, { start, files, target });
}

/** Objects that anybody may read, under one URL or several. */
function readBuckets(report: ImportReport, resource: ForeignObject): JobInput[] {
  const target = resource.text('target') ?? '';
  if (resource.take('IAM') !== undefined) refuseCredentials(report, resource.at('IAM'));
  if (resource.flag('allowWrite') === true) {
    const detail = 'would let the job write into the bucket';
    report.refuse(resource.at('allowWrite'), detail, 'Write to /output, which is kept.');
  }
  if (resource.take('bucket') !== undefined) {
    refuseFolder(report, resource.at('bucket'));
    resource.ignore('url');
    return [];
  }
  const buckets = resource.has('buckets') ? resource.objects('buckets') : [resource];
  const url = resource.text('url');
  if (!isFew([report, resource.at('buckets')], buckets)) return [];
  return buckets.flatMap((bucket) => {
    const start = startOf(bucket === resource ? (url ?? '') : (bucket.text('url') ?? ''));
    const files = bucket.texts('files') ?? [];
    if (bucket !== resource) bucket.close();
    if (start !== null) return filesAt(report, bucket, { start, files, target });
    const fix = 'Write it as https://host/folder or s3://bucket/folder.';
    report.refuse(bucket.at('url'), 'is no URL of a folder', fix);
    return [];
  });
}

function startOf(text: string): string | null {
  const [, bucket, folder = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(text) ?? [];
  const url =
    bucket === undefined
      ? readHttpUrl(text)
      : objectUrl({ bucket, key: folder, region: '', endpoint: '', version: '' });
  return url === null || url.search !== '' ? null : withoutEndSlashes(url.href);
}

interface Files {
  start: string;
  files: readonly string[];
  target: string;
}

function filesAt(
  report: ImportReport,
  owner: ForeignObject,
  { start, files, target }: Files,
): JobInput[] {
  if (files.length === 0) {
    refuseFolder(report, owner.at('files'));
    return [];
  }
  if (!isFew([report, owner.at('files')], files)) return [];
  return files.flatMap((file, index) => {
    const path = inputPath(`${target}/${file}`);
    const url = readHttpUrl(`${start}/${file.split('/').map(encoded).join('/')}`);
    if (path !== null && url !== null) {
      return [{ path, source: { kind: 'url' as const, url: url.href } }];
    }
    const pointer = pointerTo(owner.at('files'), index);
    report.refuse(pointer, 'has a target where no job can have files', inputPlaceFix);
    return [];
  });
}

function refuseFolder(report: ImportReport, pointer: string): void {
  const detail = 'must name each file: whole folders are not fetched';
  report.refuse(pointer, detail, 'List them in files, or pack them into one archive.');
}

function refuseCredentials(report: ImportReport, pointer: string): void {
  const detail = 'are credentials, and providers fetch inputs as anybody';
  report.refuse(pointer, detail, 'Upload the files (node3 upload), or use presigned URLs.');
}
