import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

interface ProcessFacts {
  readonly group: number
  readonly isZombie: boolean
  /** Clock ticks since the machine was booted. */
  readonly startedAt: string
}

/** From /proc; undefined when the process is gone or the system has no /proc. */
function factsOf(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses and may hold anything, parentheses and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', , group = ''] = fields
    return { group: Number(group), isZombie: state === 'Z' || state === 'X', startedAt: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** Start of a process in clock ticks since boot: with its number it names one process until the next boot. Empty when unknown. */
export function processStartedAt(pid: number): string {
  return factsOf(pid)?.startedAt ?? ''
}

function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name)
  } catch (error) {
    // EPERM: somebody of the group changed its user; it is there all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Members that can still do something; zombies wait for a parent that may never ask for them (PID 1 of many containers). */
function livingMembers(group: number): { pid: number; startedAt: string }[] | undefined {
  if (!signal(group, 0)) return []
  if (process.platform !== 'linux') return undefined
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), facts: factsOf(Number(name)) }))
    .filter(({ facts }) => facts?.group === group && !facts.isZombie)
    .map(({ pid, facts }) => ({ pid, startedAt: facts?.startedAt ?? '' }))
}

function isAlive(group: number): boolean {
  // Without /proc, zombies cannot be told from the living.
  return livingMembers(group)?.length !== 0
}

async function gone(group: number, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs
  for (let stepMs = 5; ; stepMs = Math.min(stepMs * 2, 100)) {
    if (!isAlive(group)) return true
    const leftMs = endMs - performance.now()
    if (leftMs <= 0) return false
    await pause(Math.min(stepMs, leftMs))
  }
}

/** After SIGKILL only a process inside the kernel lives on; waiting longer for it would not help. */
const killedWithinMs = 5000

/**
 * Asks a process group to end, and after the grace period makes it. Resolves when nothing of it runs any more: true when
 * there was something to end. A process that left the group (`setsid`) is out of reach.
 */
export async function endGroup(group: number, graceMs: number): Promise<boolean> {
  if (!isAlive(group)) return false
  signal(group, 'SIGTERM')
  // A stopped process would keep the signal for later.
  signal(group, 'SIGCONT')
  if (!(await gone(group, graceMs))) {
    signal(group, 'SIGKILL')
    await gone(group, killedWithinMs)
  }
  return true
}

/**
 * Ends what an executor that died has left running, on the machine and boot where it ran. `startedAt` is what was
 * recorded of the group's leader: a group whose number now belongs to somebody else is left alone.
 */
export async function endLeftGroup(group: number, startedAt: string, graceMs: number): Promise<boolean> {
  const members = livingMembers(group) ?? []
  const leader = members.find(({ pid }) => pid === group)
  const isOurs = leader === undefined || leader.startedAt === startedAt
  const areLater = members.every((member) => Number(member.startedAt) >= Number(startedAt))
  if (startedAt === '' || members.length === 0 || !isOurs || !areLater) return false
  return endGroup(group, graceMs)
}
