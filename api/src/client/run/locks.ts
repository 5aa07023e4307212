import { usageError } from '../exit.ts'

export const lockHelp = 'host/db1, or host/db1:shared, or host/db1:exclusive:reboot'

export const conflicts = ['fail', 'wait', 'coalesce'] as const

/** What createTask takes for a lock. */
export interface Lock {
  readonly resource: string
  readonly mode: 'EXCLUSIVE' | 'SHARED'
  readonly operation?: string
  readonly onConflict?: string
  readonly waitSeconds?: number
}

function resourceOf(option: string, text: string, name: string): string {
  const slash = name.indexOf('/')
  const isResource = slash > 0 && name.slice(0, slash).trim() !== '' && name.slice(slash + 1).trim() !== ''
  if (isResource) return name
  throw usageError(
    `${option} ${JSON.stringify(text)} names no resource: it is written TYPE/NAME.`,
    option === '--lock' ? `Such as ${lockHelp}` : 'Such as host/db1',
  )
}

/** `host/db1[:exclusive|shared[:operation]]`; a name may hold colons where its mode follows it. Throws exit code 2. */
export function lockOf(text: string): Lock {
  const parts = text.split(':')
  const at = parts.findIndex((part, index) => index > 0 && (part === 'exclusive' || part === 'shared'))
  if (at < 0 && parts.length > 1) {
    throw usageError(
      `--lock ${JSON.stringify(text)}: what follows the colon must be exclusive or shared, and then the operation.`,
      `Such as ${lockHelp}`,
    )
  }
  const resource = resourceOf('--lock', text, at < 0 ? text : parts.slice(0, at).join(':'))
  const operation = at < 0 ? '' : parts.slice(at + 1).join(':')
  if (at >= 0 && at < parts.length - 1 && operation.trim() === '')
    throw usageError(`--lock ${JSON.stringify(text)} names no operation behind its last colon.`)
  return {
    resource,
    mode: parts[at] === 'shared' ? 'SHARED' : 'EXCLUSIVE',
    ...(operation !== '' && { operation }),
  }
}

/** Resources that a task only refers to. */
export function linkOf(text: string): string {
  return resourceOf('--link', text, text)
}
