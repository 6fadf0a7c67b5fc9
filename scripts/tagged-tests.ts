import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TaggedTest {
  /** As the test is called, without its tags; empty where a table makes its name. */
  title: string;
  /** What the nearest `describe` above it says. */
  subject: string | null;
  /** From the repository's root. */
  path: string;
}

/**
 * The tests whose names begin with a tag in brackets, such as `[P31]` of a payment case or `[4.15]` of a
 * row of the acceptance table; one may have several, one after another.
 *
 * @param tag what stands between the brackets, with its one group.
 * @returns tests by that group, in the order of their files.
 */
export function findTaggedTests(root: string, tag: RegExp): Map<string, TaggedTest[]> {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  const tests = new Map<string, TaggedTest[]>();
  for (const path of listed.split('\n').toSorted()) {
    if (!/\.(test|conformance)\.tsx?$|\/testing\//.test(path)) continue;
    for (const { tags, ...test } of readTagged(root, path)) {
      for (const [, name = ''] of tags.matchAll(new RegExp(`\\[${tag.source}\\]`, 'g'))) {
        tests.set(name, [...(tests.get(name) ?? []), test]);
      }
    }
  }
  return tests;
}

function* readTagged(root: string, path: string): Generator<TaggedTest & { tags: string }> {
  let subject: string | null = null;
  for (const line of readFileSync(join(root, path), 'utf8').split('\n')) {
    subject = /\bdescribe(?:\.\w+)*(?:\(.*?\))?\(\s*['"`](.*?)['"`],/.exec(line)?.[1] ?? subject;
    const found = /['"`]((?:\[(?:P\d+|\d+\.\d\d)\] ?)+)([^'"`]*)/.exec(line);
    if (found === null) continue;
    const [, tags = '', title = ''] = found;
    yield { tags, title: title.trim(), subject, path };
  }
}
