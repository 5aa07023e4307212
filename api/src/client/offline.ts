import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkout } from '../base/config.ts'

/**
 * Runs a verb that needs the engine's own code in a process of its own, with this terminal: the command line itself knows nothing
 * of the engine and starts quickly. Answers with the exit code.
 */
export function runOffline(verb: string, options: object): Promise<number> {
  const program = join(checkout, 'api/src/cli/offline.ts')
  const child = spawn(process.execPath, [program, verb, JSON.stringify(options)], { stdio: 'inherit' })
  // Ctrl-C reaches both; the child decides what it means.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore)
      resolve(code ?? (signal === null ? 1 : 130))
    })
  })
}
