/** The pages of this feature. */

export const robotPages = [] as const;
export const projectRobotPages = [] as const;
