import type { LockMode } from './links.ts'

const modes: Record<LockMode, string> = { EXCLUSIVE: 'exclusive', SHARED: 'shared', LIMIT: 'slot' }

/** `exclusive`, `shared for reboot`, `slot`; a link without a lock is `named`. */
export function modeText(mode: LockMode | null, operation: string | null): string {
  const word = mode === null ? 'only named' : modes[mode]
  return operation ? `${word} for ${operation}` : word
}

/** `next`, `2nd in line`. */
export function positionText(position: number | null): string {
  if (position === null) return 'in line'
  if (position <= 1) return 'next in line'
  const endings: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
  return `${position}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(position)]} in line`
}
