/** Whose documents are understood. */
export const importFormats = ['nosana', 'bacalhau', 'docker'] as const;
export type ImportFormat = (typeof importFormats)[number];
