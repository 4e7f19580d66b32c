/** The pages of this feature. */

export const undoPages = [] as const;
