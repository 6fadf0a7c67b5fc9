/** Filled by the pages of its area. */
export const flowsRoutes = [] as const;
