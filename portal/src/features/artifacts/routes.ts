/** The pages of this feature. */

export const artifactPages = [] as const;
