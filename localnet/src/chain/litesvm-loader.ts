export type Litesvm = typeof import('litesvm');

/** litesvm ships no binary for this platform, or npm was told to leave optional packages out. */
export class LocalnetUnsupportedError extends Error {
  override readonly name = 'LocalnetUnsupportedError';
}

/**
 * Loads the Solana virtual machine, an optional dependency with a native binary.
 * Throws LocalnetUnsupportedError where there is none.
 */
export async function loadLitesvm(
  load: () => Promise<Litesvm> = () => import('litesvm'),
): Promise<Litesvm> {
  try {
    return await load();
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    throw new LocalnetUnsupportedError(
      `The local Solana needs the package litesvm, which could not be loaded on ${platform}. ` +
        'It exists for Linux and macOS on x64 and arm64. Run "npm install --include=optional" there; ' +
        'elsewhere use WSL or set SOLANA_RPC_URL to a devnet node.',
      { cause: error },
    );
  }
}
