/** Filled by the pages of its area. */
export const accountRoutes = [] as const;
