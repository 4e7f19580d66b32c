/** The pages of this feature. */

export const configurationPages = [] as const;
