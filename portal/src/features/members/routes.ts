/** The pages of this feature. */

export const memberPages = [] as const;
