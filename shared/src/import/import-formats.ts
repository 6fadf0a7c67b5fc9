/** Whose documents are understood. */
export const importFormats = ['nosana', 'bacalhau'] as const;
export type ImportFormat = (typeof importFormats)[number];
