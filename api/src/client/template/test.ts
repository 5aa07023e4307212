import { runOffline } from '../offline.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface TestOptions {
  readonly only?: string
  readonly functions?: readonly string[]
  readonly scripts?: readonly string[]
}

/** Runs the tests beside templates. Exit code 1 when a case is not as expected. */
export function testTemplates(
  terminal: Terminal,
  paths: readonly string[],
  { only, functions, scripts }: TestOptions,
) {
  const format = terminal.isJson ? 'json' : 'text'
  return runOffline('template-test', { paths, format, only, functions, scripts })
}
