/** The pages of this feature. */

export const policyPages = [] as const;
