import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** What names this machine since its last boot. Empty where the system does not tell: then nothing is ever proven by it. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

export function hostName(): string {
  return hostname()
}
