/** The pages of this feature. */

export const adminPages = [] as const;
