/** The pages of this feature. */

export const cleanupPages = [] as const;
