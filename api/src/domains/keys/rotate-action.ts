import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../../base/app.ts'
import { backoffMs } from '../../base/backoff.ts'
import { type Action, type ActionContext, ActionError } from '../../engine/action.ts'
import { reencryptTasks } from '../../engine/reencrypt.ts'
import { rewrapTable } from '../../engine/rewrap.ts'
import type { KeyRing } from '../../engine/seal.ts'
import { countBornElsewhere, countByKey } from '../../engine/store/sealed.ts'
import { databaseUnavailable } from '../../postgres/unavailable.ts'
import { type RotationKind, rotationKinds, rotationLabel } from './model.ts'
import { sealedTables } from './sealed-tables.ts'

export const rotateActionType = 'rotate-keys'

/** Processes hear within a second which key wraps; what they wrapped by another one until then is looked for afterwards. */
const stragglersMs = 3_000
/** Tasks that somebody works on are come back to after this long at the least and at the most. */
const comeBack = { firstMs: 500, maxMs: 30_000 }
const heardWithinMs = 15_000

interface RotateConfiguration {
  readonly part: RotationKind
  readonly key: string
}

interface Parts {
  readonly app: App
  readonly keys: KeyRing
}

async function foreignRows({ app }: Parts, key: string): Promise<number> {
  let rows = 0
  for (const table of sealedTables) {
    for (const { keyId, count } of await countByKey(app.sql, table)) if (keyId !== key) rows += count
  }
  return rows
}

/** Until a look at everything, a moment after the last change, finds nothing. */
async function rewrapAll(parts: Parts, key: string, context: ActionContext): Promise<number> {
  const { app, keys } = parts
  const { signal } = context
  let done = 0
  let total = await foreignRows(parts, key)
  const count = (rows: number) => {
    done += rows
    context.progress(done, Math.max(done, total))
  }
  for (;;) {
    for (const table of sealedTables) await rewrapTable(app.sql, keys, table, signal, count)
    await pause(stragglersMs, undefined, { signal })
    const left = await foreignRows(parts, key)
    if (left === 0) return done
    total = done + left
  }
}

/** Until no task has a data key that was made under another key; those that run are come back to when they rest. */
async function reencryptAll({ app, keys }: Parts, key: string, context: ActionContext): Promise<number> {
  const { signal } = context
  let done = 0
  // The process that made this task may have heard a moment too late which key wraps.
  const but = context.task.id
  const total = await countBornElsewhere(app.sql, key, but)
  const count = (tasks: number) => {
    done += tasks
    context.progress(done, Math.max(done, total))
  }
  let waits = false
  for (let passes = 1; ; passes++) {
    const found = await reencryptTasks(app.sql, keys, { signal, waits, but }, count)
    waits = true
    if (found.done > 0) passes = 1
    if (found.left === 0) return done
    context.log(`${found.left} tasks are worked on; they are re-encrypted when they rest\n`, 'log')
    await pause(backoffMs(passes, comeBack), undefined, { signal })
  }
}

/** What the task was made for, in whichever process it runs, however often it began. */
async function rotate(parts: Parts, { part, key }: RotateConfiguration, context: ActionContext) {
  const { keys } = parts
  for (let waitedMs = 0; keys.current !== key; waitedMs += 200) {
    if (waitedMs >= heardWithinMs)
      throw new ActionError('server', `this process wraps by the key ${keys.current} and not by ${key}`)
    await pause(200, undefined, { signal: context.signal })
  }
  const work = part === 'rewrap' ? rewrapAll : reencryptAll
  for (let tries = 1; ; tries++) {
    try {
      return { output: { [part === 'rewrap' ? 'rows' : 'tasks']: await work(parts, key, context) } }
    } catch (error) {
      // What is done is done; the database is asked again when it is back.
      if (context.signal.aborted || databaseUnavailable(error) === undefined) throw error
      await pause(backoffMs(tries, comeBack), undefined, { signal: context.signal })
    }
  }
}

/** Re-wraps or re-encrypts: a part of a rotation. Works in the task of a rotation and nowhere else. */
export function rotateKeysAction(parts: Parts): Action<RotateConfiguration> {
  return {
    type: rotateActionType,
    description:
      'Wraps data keys by another key of the ring, or seals everything anew; part of a key rotation.',
    configuration: {
      type: 'object',
      additionalProperties: false,
      required: ['part', 'key'],
      properties: {
        part: { type: 'string', enum: [...rotationKinds], description: 'What is done.' },
        key: { type: 'string', description: 'The key of the ring under which everything shall be.' },
      },
    },
    output: {
      type: 'object',
      properties: {
        rows: { type: 'number', description: 'Data keys that were re-wrapped.' },
        tasks: { type: 'number', description: 'Tasks that were re-encrypted.' },
      },
    },
    idempotent: true,
    example: { part: 'rewrap', key: '0190f3a2-0000-7000-8000-000000000000' },
    run: (configuration, context) => {
      if (context.task.label !== rotationLabel)
        throw new ActionError('client', 'Keys are rotated by "stint keys rotate", not by a template.')
      return rotate(parts, configuration, context)
    },
  }
}
