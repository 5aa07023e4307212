import { readFileSync } from 'node:fs'
import { fileTrouble } from '../base/file-trouble.ts'
import { usageError } from './exit.ts'

/** The text of a file that a command line names; `-` is standard input. Throws exit code 2. */
export function fileText(path: string, hint?: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw usageError(fileTrouble(path, error), hint)
  }
}
