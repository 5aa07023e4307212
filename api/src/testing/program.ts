import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'

export interface Program {
  readonly child: ChildProcess
  /** The next line of standard output that fits; what it printed is thrown when it ends before. */
  line(pattern: RegExp): Promise<string>
  /** Exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  /** Everything on both streams so far. */
  readonly printed: () => string
}

const running = new Set<ChildProcess>()

afterAll(async () => {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** Starts a TypeScript file of ours as a process of its own. What still runs after the last test of the file is killed. */
export function startProgram(args: readonly string[], environment: Record<string, string> = {}): Program {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...environment }
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  let printed = ''
  const lines: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const look of waiting) look()
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve(code ?? signal ?? 'unknown')
    })
  })
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.findIndex((each) => pattern.test(each))
        if (found < 0) return
        waiting.delete(look)
        resolve(lines.splice(0, found + 1).at(-1) ?? '')
      }
      waiting.add(look)
      look()
      ended.then((how) => reject(new Error(`ended with ${how} before ${pattern}:\n${printed}`)))
    })
  return { child, line, ended, printed: () => printed }
}
