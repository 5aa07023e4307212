import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { childrenOf } from './cpu.ts'

function proportionalKb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** MB of a process and its children; what they share counts once. */
export function familyMegabytes(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + proportionalKb(each), 0) / 1024
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** MB that this process holds, and of them in JavaScript objects that are alive. */
export function ownMegabytes(): { resident: number; heap: number } {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  return { resident: rss / 1_048_576, heap: heapUsed / 1_048_576 }
}
