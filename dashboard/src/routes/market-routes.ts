/** Filled by the pages of its area. */
export const marketRoutes = [] as const;
