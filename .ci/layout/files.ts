import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Floors {
  readonly topLevel: readonly string[]
  /** Ground first; the units of one floor do not see each other, but for `neighbours`. */
  readonly floors: readonly (readonly string[])[]
  readonly neighbours: Readonly<Record<string, readonly string[]>>
  /** Units that stand beside the floors, with all they may import. */
  readonly beside: Readonly<Record<string, readonly string[]>>
  readonly mayUseTesting: readonly string[]
  readonly web: { readonly ground: readonly string[]; readonly roof: readonly string[] }
  readonly sqlFiles: readonly string[]
  readonly environmentFiles: readonly string[]
  readonly clockFiles: readonly string[]
  readonly outboundFiles: readonly string[]
  /** File to the reason why it may have more than 400 lines. */
  readonly longFiles: Readonly<Record<string, string>>
}

export interface Finding {
  readonly rule: string
  readonly file: string
  readonly line?: number
  readonly text: string
}

/** A pattern with `*` (within a folder) and `**` (through folders). */
export function matches(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split(/(\*\*\/|\*\*|\*)/).map((part) => {
      if (part === '**/') return '(?:.*/)?'
      if (part === '**') return '.*'
      return part === '*' ? '[^/]*' : part.replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    })
    return new RegExp(`^${parts.join('')}$`).test(path)
  })
}

/** Everything git knows or would take: what a fresh clone shows after a commit of all. */
export function listFiles(root: string): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 }).split('\0')
  return paths.filter((path) => path !== '' && existsSync(join(root, path))).sort()
}

export function isSource(path: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts')
}

export function isTest(path: string): boolean {
  return /\.(test|spec)\.tsx?$/.test(path) || path.startsWith('e2e/') || path.startsWith('.ci/')
}

export function readText(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
