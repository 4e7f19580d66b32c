/** The pages of this feature. */

export const scannerPages = [] as const;
export const projectScannerPages = [] as const;
