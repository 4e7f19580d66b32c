/** The pages of this feature. */

export const auditPages = [] as const;
export const projectAuditPages = [] as const;
