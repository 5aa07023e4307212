import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const ticksPerSecond = 100

interface ProcessTimes {
  readonly parent: number
  /** Its own, and those of its children that have ended. */
  readonly seconds: number
}

function timesOf(pid: number | string): ProcessTimes | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets; everything after the last bracket is plain.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number)
    const ticks = (user ?? 0) + (system ?? 0) + (childrenUser ?? 0) + (childrenSystem ?? 0)
    return { parent: Number(fields[1]), seconds: ticks / ticksPerSecond }
  } catch {
    return undefined
  }
}

export function parentOf(pid: number): number {
  return timesOf(pid)?.parent ?? 0
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && timesOf(name)?.parent === pid)
    .map(Number)
}

/** Seconds of CPU that a process, its children and those of them that have ended used so far. */
export function familySeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (timesOf(each)?.seconds ?? 0), 0)
}

/** Seconds of CPU that the whole machine used so far, all cores together. */
export function machineSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user, nice, system, _idle, _ioWait, irq, softIrq, steal] = line.split(/\s+/).slice(1).map(Number)
  return (
    [user, nice, system, irq, softIrq, steal].reduce<number>((sum, x) => sum + (x ?? 0), 0) / ticksPerSecond
  )
}

/** What was used between two readings, in seconds. */
export interface CpuUse {
  readonly seconds: number
  /** The process under test. */
  readonly own: number
  readonly postgres: number
  /** Everybody else on this machine: what makes the figures worse than they are. */
  readonly others: number
}

/** Measures from now on; call the answer for what was used since. */
export function watchCpu(ownPid: number, postgresPid: number): () => CpuUse {
  const read = () => ({
    at: performance.now(),
    own: timesOf(ownPid)?.seconds ?? 0,
    postgres: familySeconds(postgresPid),
    machine: machineSeconds(),
  })
  const from = read()
  return () => {
    const to = read()
    const own = to.own - from.own
    const postgres = to.postgres - from.postgres
    const others = Math.max(0, to.machine - from.machine - own - postgres)
    return { seconds: (to.at - from.at) / 1000, own, postgres, others }
  }
}
