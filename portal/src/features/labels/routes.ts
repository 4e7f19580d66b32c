/** The pages of this feature. */

export const labelPages = [] as const;
export const projectLabelPages = [] as const;
