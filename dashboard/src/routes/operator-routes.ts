/** Filled by the pages of its area. */
export const operatorRoutes = [] as const;
