import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Target } from '../../src/postgres/connect.ts'
import { installPeer } from './install.ts'

const version = '5.3.0'

export type DbosOrder =
  | { readonly kind: 'chains'; readonly inFlight: number; readonly seconds: number }
  | { readonly kind: 'starts'; readonly count: number }

export type DbosAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'chains'; readonly steps: number; readonly seconds: number }
  | { readonly kind: 'starts'; readonly times: number[] }

/** DBOS Transact in a process of its own, on a database of its own of the same server. */
export class DbosPeer {
  readonly name = `DBOS ${version}`
  readonly pid: number
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    this.pid = child.pid ?? 0
  }

  async chains(inFlight: number, seconds: number): Promise<{ steps: number; seconds: number }> {
    const answer = await this.#ask({ kind: 'chains', inFlight, seconds })
    if (answer.kind !== 'chains') throw new Error('DBOS answered something else')
    return answer
  }

  /** Milliseconds from the call of a workflow to the begin of its first step, one after the other. */
  async starts(count: number): Promise<number[]> {
    const answer = await this.#ask({ kind: 'starts', count })
    if (answer.kind !== 'starts') throw new Error('DBOS answered something else')
    return answer.times
  }

  #ask(order: DbosOrder): Promise<DbosAnswer> {
    this.#child.send(order)
    return answerOf(this.#child)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.disconnect()
    await gone
  }
}

async function answerOf(child: ChildProcess): Promise<DbosAnswer> {
  const gone = new AbortController()
  const onExit = () => gone.abort()
  child.once('exit', onExit)
  try {
    const [answer] = (await once(child, 'message', { signal: gone.signal })) as [DbosAnswer]
    return answer
  } catch (error) {
    throw gone.signal.aborted ? new Error('the process of DBOS ended before it answered') : error
  } finally {
    child.off('exit', onExit)
  }
}

/** Undefined when it cannot be installed. `target` is an empty database. */
export async function startDbos(target: Target): Promise<DbosPeer | undefined> {
  const folder = installPeer('@dbos-inc/dbos-sdk', version)
  if (folder === undefined || target.kind !== 'socket') return undefined
  const child = fork(join(import.meta.dirname, 'dbos-process.ts'), [
    folder,
    target.folder,
    target.user,
    target.database,
  ])
  await answerOf(child)
  return new DbosPeer(child)
}
