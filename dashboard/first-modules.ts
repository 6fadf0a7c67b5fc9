import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const imports = /^(?:import|export) (?!type )([^;]*?) from '([^']+)';/gm;

/** Many pages have these, but none shows one before it has loaded. */
const later =
  'Modal|ModalBase|Drawer|Input|InputBase|NativeSelect|TextInput|Textarea|Select|Combobox|Checkbox|Switch|' +
  'SegmentedControl|Tabs|Tooltip|Popover|ScrollArea';
const isLater = new RegExp(
  `/components/(${later})/|/utils/(InlineInput|InputsGroupFieldset)/|` +
    'floating-ui|react-remove-scroll|use-sidecar|use-callback-ref|react-style-singleton|' +
    'confirm-modal|typed-confirm|data-table|table-core|react-table',
);

export function isNeededAtFirst(id: string): boolean {
  return !isLater.test(id);
}

let found: ReadonlySet<string> | null = null;

/**
 * Whether a module of ours, or an icon, is of the frame that every page stands in: what `main.tsx` imports,
 * and what that imports, but not what is fetched later. As one file it is half as large as in the sixty that
 * a bundler makes of it by who shares what.
 */
export function isOfFrame(id: string): boolean {
  found ??= findFrame();
  return found.has(id.startsWith(root) ? id.slice(root.length) : id);
}

function findFrame(): Set<string> {
  const files = new Set(['dashboard/src/main.tsx']);
  const icons = new Set<string>();
  // What is added while this goes on is gone through as well.
  for (const file of files) {
    for (const [, names = '', from = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      imports,
    )) {
      if (from === '@tabler/icons-react') {
        for (const icon of names.match(/\bIcon\w+/g) ?? []) icons.add(pathOfIcon(icon));
      }
      const imported = pathOf(file, from);
      if (imported !== null && existsSync(join(root, imported))) files.add(imported);
    }
  }
  return new Set([...files, ...icons]);
}

function pathOf(file: string, from: string): string | null {
  if (from.startsWith('@node3/shared/')) return `shared/src/${from.slice(14)}.ts`;
  return from.startsWith('.') ? join(dirname(file), from) : null;
}

function pathOfIcon(name: string): string {
  return `node_modules/@tabler/icons-react/dist/esm/icons/${name}.mjs`;
}
