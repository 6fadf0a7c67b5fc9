import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built web app beside this package, or null before the first build. */
export function findDashboard(): string | null {
  const folder = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));
  return existsSync(folder) ? folder : null;
}
