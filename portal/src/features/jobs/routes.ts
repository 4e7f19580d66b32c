/** The pages of this feature. */

export const jobPages = [] as const;
