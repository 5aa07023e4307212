import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Action } from '../../engine/action.ts'

/** Every run that comes to its end adds a line to the file: task, step, attempt, and a note without spaces where it has one. */
export function appendAction(effects: string): Action<{ ms?: number; note?: string }> {
  return {
    type: 'append',
    description: 'adds a line to the file of effects',
    configuration: {},
    idempotent: true,
    run: async ({ ms = 2, note = '' }, context) => {
      await pause(ms)
      context.signal.throwIfAborted()
      appendFileSync(effects, `${context.task.id} ${context.step.no} ${context.attempt.no} ${note}\n`)
      return { output: { pid: process.pid } }
    },
  }
}

/** Values that a database, a log or a parser may choke on. */
export const poisons = [
  'nul',
  'surrogate',
  'huge',
  'numbers',
  'deep',
  'keys',
  'cycle',
  'throws',
  'log',
] as const

function deep(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let n = 0; n < levels; n++) value = { value }
  return value
}

function poisonOf(kind: string): unknown {
  if (kind === 'nul') return { text: 'a\0b', 'k\0': 1 }
  if (kind === 'surrogate') return { text: '\ud800 alone \udfff' }
  if (kind === 'huge') return { text: 'x'.repeat(20_000_000) }
  if (kind === 'numbers') return { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, big: 2 ** 60 }
  if (kind === 'deep') return deep(20_000)
  if (kind === 'keys') return Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`k${n}`, n]))
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

/** Gives what no action should give; its task may fail, its executor may not. */
export const poisonAction: Action<{ kind: string }> = {
  type: 'poison',
  description: 'gives what no action should give',
  configuration: {},
  idempotent: true,
  run: ({ kind }, context) => {
    if (kind === 'throws') throw new Error(`bad \0 \ud800 ${'y'.repeat(5_000_000)}`)
    if (kind !== 'log') return { output: poisonOf(kind) }
    context.log('a\0b\ud800\n')
    context.log('z'.repeat(3_000_000))
    return { output: 'logged' }
  },
}
