import {
  loadConfig,
  type Profile,
  profileKey,
  rememberProfile,
  saveConfig,
} from '../config-file.ts';

/** Makes `node3 run` in another terminal mean this marketplace, unless a remote one is in use. */
export async function rememberMarketplace(
  configPath: string,
  url: string,
  facts: Profile,
): Promise<void> {
  await rememberProfile(configPath, { name: null, url }, facts);
  const config = await loadConfig(configPath);
  const current = config.currentUrl;
  const loopback = current === null || /^https?:\/\/(127\.0\.0\.1|localhost)([:/]|$)/.test(current);
  if (!loopback || current === profileKey(url)) return;
  await saveConfig(configPath, { ...config, currentUrl: profileKey(url) });
}
