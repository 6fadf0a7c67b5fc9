import { changeConfig } from '../config-file.ts';
import type { Context } from '../context.ts';

/** From now on this marketplace is the one that is meant; a named profile is chosen by its name. */
export async function meanMarketplace({ configPath, place }: Context): Promise<void> {
  const { name, url } = place;
  if (name !== null) return;
  await changeConfig(configPath, (now) => ({ ...now, currentUrl: url, currentProfile: null }));
}
