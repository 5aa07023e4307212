const texts: Readonly<Record<string, string>> = {
  yes: 'does no harm',
  no: 'only after a review',
  depends: 'depends on its configuration',
}

/** May it run again after an executor died under it? In words. */
export const idempotentText = (idempotent: string): string => texts[idempotent] ?? idempotent
