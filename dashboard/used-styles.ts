import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const source = fileURLToPath(new URL('src', import.meta.url));
const mantine = fileURLToPath(new URL('../node_modules/@mantine/core', import.meta.url));

/** What every page needs, and what other packages take of the components without being asked. */
const always = ['default-css-variables', 'baseline', 'global', 'Notification', 'CloseButton'];

/** Gives `@mantine/core/styles.css` only the styles of the components that the app has. */
export function usedStyles(): Plugin {
  return {
    name: 'used-styles',
    enforce: 'pre',
    load(id) {
      return id.endsWith('/@mantine/core/styles.css') ? joinStyles() : null;
    },
  };
}

function joinStyles(): string {
  const whole = readFileSync(join(mantine, 'styles.css'), 'utf8');
  const names = new Set([...always, ...componentsOf(source)]);
  // A component brings those that it is made of; what is added here is gone through as well.
  for (const name of names) for (const part of partsOf(name)) names.add(part);
  const styles = [...names]
    .map((name) => join(mantine, 'styles', `${name}.css`))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').trim());
  // In the order of the whole, where those of parts come before those of what is made of them.
  const placeOf = (style: string) => whole.indexOf(style.slice(0, 120));
  return styles.toSorted((a, b) => placeOf(a) - placeOf(b)).join('\n');
}

function componentsOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const imports = text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g);
      return [...imports].flatMap((match) => match[1]?.match(/\b[A-Z]\w*/g) ?? []);
    });
}

/** The components that one imports from beside it. */
function partsOf(name: string): string[] {
  const folder = join(mantine, 'esm', 'components', name);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.mjs'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/from "(?:\.\.\/)+(?:[a-z]+\/)?([A-Z]\w*)\//g)].map(
        (match) => match[1] ?? '',
      );
    });
}
