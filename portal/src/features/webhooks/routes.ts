/** The pages of this feature. */

export const webhookPages = [] as const;
