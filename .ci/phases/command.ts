import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  /** False keeps what it prints, to be shown only when it fails. */
  readonly shown?: boolean
}

export interface Ended {
  /** 0 is good; 124 is a time-out, as `timeout` says it. */
  readonly status: number
  readonly printed: string
}

/** Runs a program to its end, with its whole process group; it never outlives its time. */
export function run(file: string, args: readonly string[], options: CommandOptions): Promise<Ended> {
  const { environment, timeoutSeconds, shown = false } = options
  return new Promise((done) => {
    const env = { ...process.env, ...environment }
    const output = shown ? 'inherit' : 'pipe'
    const child = spawn(file, args, { cwd: root, env, detached: true, stdio: ['ignore', output, output] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk))
    const endGroup = () => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    let late = false
    const timer = setTimeout(() => {
      late = true
      endGroup()
    }, timeoutSeconds * 1000)
    process.once('exit', endGroup)
    child.once('error', (error) => done({ status: 127, printed: error.message }))
    child.once('close', (code) => {
      clearTimeout(timer)
      process.off('exit', endGroup)
      done({
        status: late ? 124 : (code ?? 1),
        printed: late ? `${printed}\nno end after ${timeoutSeconds} s` : printed,
      })
    })
  })
}

/** The same with the Node that runs us. */
export function runNode(args: readonly string[], options: CommandOptions): Promise<Ended> {
  return run(process.execPath, args, options)
}
