import { readdirSync, readFileSync } from 'node:fs'

/** Numbers of the processes of a group that still run; those that are over and only wait to be collected do not. Linux only. */
export function runningMembers(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const [state, , pgid] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
      return pgid === String(group) && state !== 'Z'
    } catch {
      // It ended while we looked.
      return false
    }
  })
}
