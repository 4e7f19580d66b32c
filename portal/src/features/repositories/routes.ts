/** The pages of this feature. */

export const repositoryPages = [] as const;
