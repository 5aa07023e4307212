import { setTimeout as pause } from 'node:timers/promises'
import { type CpuUse, machineSeconds, watchCpu } from './cpu.ts'

/** Cores that others may use for a machine to count as quiet, and for a measurement to count as undisturbed. */
const quietCores = 0.15
const disturbedCores = 0.3
const lookMs = 500

export interface Measured<T> {
  readonly done: T
  readonly cpu: CpuUse
}

/**
 * For machines that others use too: waits for a quiet moment before a measurement, and repeats one that was disturbed, as long
 * as the patience lasts. With none, everything is measured as it comes.
 */
export class Patience {
  readonly #postgresPid: number
  #leftMs: number

  constructor(seconds: number, postgresPid: number) {
    this.#leftMs = seconds * 1000
    this.#postgresPid = postgresPid
  }

  /** Measures `work` of a process; of several tries the least disturbed one. */
  async measure<T>(work: () => Promise<T>, pid = process.pid): Promise<Measured<T>> {
    let best: Measured<T> | undefined
    do {
      await this.#awaitQuiet()
      const begun = performance.now()
      const used = watchCpu(pid, this.#postgresPid)
      const done = await work()
      const cpu = used()
      if (!best || shareOfOthers(cpu) < shareOfOthers(best.cpu)) best = { done, cpu }
      if (shareOfOthers(best.cpu) <= disturbedCores) return best
      this.#leftMs -= performance.now() - begun
    } while (this.#leftMs > 0)
    return best
  }

  async #awaitQuiet(): Promise<void> {
    while (this.#leftMs > 0) {
      const before = machineSeconds()
      await pause(lookMs)
      this.#leftMs -= lookMs
      if ((machineSeconds() - before) / (lookMs / 1000) < quietCores) return
    }
  }
}

function shareOfOthers({ others, seconds }: CpuUse): number {
  return others / seconds
}
