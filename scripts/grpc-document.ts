import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protoFolder } from '@node3/shared/proto-folder';
import { table } from './markdown-table.ts';

interface Method {
  name: string;
  takes: string;
  answers: string;
  comment: string;
}

/** Every method of gRPC, with what the proto files say of it. */
export function grpcDocument(notice: string): string {
  const folder = join(protoFolder, 'hodei/v1');
  const sections = readdirSync(folder)
    .toSorted()
    .flatMap((file) => servicesIn(file, readFileSync(join(folder, file), 'utf8')));
  return `# gRPC\n\n${notice}\n\nThe proto files lie below \`shared/proto\`; [coming from Hodei](../guides/migrate-from-hodei.md) tells how to use them.\n\n${sections.join('\n')}`;
}

function servicesIn(file: string, text: string): string[] {
  const services = [...text.matchAll(/((?:^\/\/.*\n)*)^service (\w+) \{\n([\s\S]*?)^\}/gm)];
  return services.map(([, comment = '', name = '', body = '']) => {
    const rows = methodsIn(body).map((method) => [
      `\`${method.name}\``,
      `\`${method.takes}\``,
      `\`${method.answers}\``,
      method.comment,
    ]);
    const about = sentenceOf(comment);
    return `## hodei.${name}\n\n\`hodei/v1/${file}\`. ${about}\n\n${table(['method', 'takes', 'answers', 'about'], rows)}\n`;
  });
}

function methodsIn(body: string): Method[] {
  const methods = body.matchAll(
    /((?:^ *\/\/.*\n)*)^ *rpc (\w+)\(((?:stream )?\w+)\) returns \(((?:stream )?\w+)\)/gm,
  );
  return [...methods].map(([, comment = '', name = '', takes = '', answers = '']) => ({
    name,
    takes,
    answers,
    comment: sentenceOf(comment),
  }));
}

/** A comment on one line. */
function sentenceOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^ *\/\/ ?/, '').trim())
    .join(' ')
    .trim();
}
