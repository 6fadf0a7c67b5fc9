import type { Setting, SettingGroup } from '@node3/shared/setting';
import { table } from './markdown-table.ts';

export function settingsDocument(
  notice: string,
  services: Record<string, readonly SettingGroup[]>,
): string {
  const sections = Object.entries(services).flatMap(([service, groups]) => [
    `## ${service[0]?.toUpperCase()}${service.slice(1)}`,
    ...groups.map(({ title, settings }) => {
      const rows = settings.map(({ name, about, fallback }) => [
        `\`${name}\``,
        about,
        fallback === null ? '' : `\`${fallback}\``,
      ]);
      return `### ${title}\n\n${table(['variable', 'what it does', 'default'], rows)}`;
    }),
  ]);
  const intro = `Services read environment variables, once, when they start; a wrong one stops the start with its name and the fix. Flags are \`true\` or \`false\`.`;
  return `# Settings\n\n${notice}\n\n${intro}\n\n${sections.join('\n\n')}\n`;
}

/** Every variable, commented out where its default does. */
export function exampleFile(service: string, groups: readonly SettingGroup[]): string {
  const head = `# Settings of the ${service}. What is commented out shows its default or an example.\n`;
  const blocks = groups.map(({ title, settings }) =>
    [`# --- ${title} ---`, ...settings.map(exampleOf)].join('\n\n'),
  );
  return `${head}\n${blocks.join('\n\n')}\n`;
}

function exampleOf({ name, about, fallback, example }: Setting): string {
  return `# ${about}\n#${name}=${example ?? fallback ?? ''}`;
}
