import type { SignalKind } from '@stint/schema/words'
import { afterAll, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { findSteps } from './store/step.ts'

const { database, toys, engine, stop, taskOf, statesOf } = await toyEngine()
afterAll(stop)

const napping = { type: 'wait', configuration: { for: '1h' } }
const flaky = { type: 'flaky', configuration: { failures: 99 } }
const send = (id: string, kind: SignalKind, stepNo?: number) =>
  engine.command(id, { kind, actor: 'ann', ...(stepNo !== undefined && { stepNo }) })

/** A task of two steps whose first one does this, and how its state reads. */
async function task(action: object | undefined, given = {}): Promise<string> {
  const first = testStep('first', action && { action: action as ReturnType<typeof testStep>['action'] })
  const template = testTemplate([first, testStep('next', { dependencies: after('first') })])
  return (await engine.createTask(testTask(template, given))).id
}

const stateOf = async (id: string) => {
  const row = await taskOf(id)
  return `${row?.state} ${row?.reason ?? row?.result}`
}

async function reaches(id: string, state: string): Promise<string> {
  await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe(state)
  return id
}

/** Every phase of a task's life; each entry makes a task that is in it. */
const phases = {
  'scheduled start-at': () => task(undefined, { startAt: new Date(Date.now() + 3_600_000) }),
  'scheduled dependency': async () => task(undefined, { dependsOn: [await task(napping)] }),
  'pending approval': () => task(undefined, { isApproved: false }),
  'pending queued': () => task(undefined, { region: 'nowhere' }),
  'running pending': async () => {
    const id = await task(holds)
    await toys.running('first')
    return id
  },
  'running retrying': async () => reaches(await task(flaky), 'running retrying'),
  'running waiting-until': async () => reaches(await task(napping), 'running waiting-until'),
  'paused step-failed': async () => reaches(await task(clientError), 'paused step-failed'),
  'paused by-user': async () => {
    const id = await reaches(await task(napping), 'running waiting-until')
    await send(id, 'pause')
    return reaches(id, 'paused by-user')
  },
  'stopped success': async () => reaches(await task(undefined), 'stopped success'),
  'stopped cancelled': async () => {
    const id = await task(undefined, { isApproved: false })
    await send(id, 'cancel')
    return reaches(id, 'stopped cancelled')
  },
  'stopped unlocked': async () => {
    const id = await reaches(await task(clientError), 'paused step-failed')
    await send(id, 'unlock')
    return reaches(id, 'stopped unlocked')
  },
  'stopped halted': async () => {
    const id = await reaches(await task(napping), 'running waiting-until')
    await send(id, 'force-unlock')
    return reaches(id, 'stopped halted')
  },
} satisfies Record<string, () => Promise<string>>

const verbs = ['cancel', 'force-cancel', 'unlock', 'force-unlock', 'pause', 'resume'] as const

/** What each verb makes of a task in each phase; `-` leaves it as it is, `!` is refused. */
const outcomes: Record<keyof typeof phases, Record<(typeof verbs)[number], string>> = {
  'scheduled start-at': row('cancelled', 'cancelled', '-', 'halted', '-', '-'),
  'scheduled dependency': row('cancelled', 'cancelled', '-', 'halted', '-', '-'),
  'pending approval': row('cancelled', 'cancelled', '-', 'halted', '-', '-'),
  'pending queued': row('cancelled', 'cancelled', '-', 'halted', 'paused by-user', '-'),
  'running pending': row('cancelled', 'cancelled', '-', 'halted', '-', '-'),
  'running retrying': row('cancelled', 'cancelled', '-', 'halted', 'paused by-user', '-'),
  'running waiting-until': row('cancelled', 'cancelled', '-', 'halted', 'paused by-user', '-'),
  'paused step-failed': row('cancelled', 'cancelled', 'unlocked', 'halted', '-', '-'),
  'paused by-user': row('cancelled', 'cancelled', 'unlocked', 'halted', '-', 'running waiting-until'),
  'stopped success': row('!', '!', '!', '!', '!', '!'),
  'stopped cancelled': row('!', '!', '!', '!', '!', '!'),
  'stopped unlocked': row('!', '!', '!', '!', '!', 'paused step-failed'),
  'stopped halted': row('!', '!', '!', '!', '!', 'running waiting-until'),
}

function row(...words: string[]): Record<(typeof verbs)[number], string> {
  const word = (text = '') => (['cancelled', 'unlocked', 'halted'].includes(text) ? `stopped ${text}` : text)
  return Object.fromEntries(verbs.map((verb, no) => [verb, word(words[no])])) as never
}

describe.each(Object.keys(phases) as (keyof typeof phases)[])('a task that is %s', (phase) => {
  it.each(verbs)('%s', async (verb) => {
    const id = await phases[phase]()
    expect(await stateOf(id)).toBe(phase)
    const wanted = outcomes[phase][verb]
    const sent = send(id, verb)
    if (wanted === '!') await expect(sent).rejects.toMatchObject({ code: 'not-allowed-now' })
    else await sent
    await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe(/^[-!]$/.test(wanted) ? phase : wanted)
    // What waits for the end of a step stays in the mailbox until that is over: no executor takes it along when it dies.
    const isPending = verb === 'pause' && phase === 'running pending'
    await expect
      .poll(() => database.sql`select from signal where task_id = ${id}`, { timeout: 10_000 })
      .toHaveLength(isPending ? 1 : 0)
    const [over] = await database.sql`
      select state = 'stopped' as "isOver", (select count(*)::int from timer where task_id = task.id) as timers
      from task where id = ${id}`
    if (over?.isOver) expect(over.timers).toBe(0)
    // Nothing keeps a task that is over, or one that only waits.
    if (phase !== 'running pending') {
      await expect.poll(async () => (await taskOf(id))?.executorId).toBe(null)
      expect(engine.executor.runs.has(id)).toBe(false)
    }
  })
})

describe('force', () => {
  it('cancel does not wait for the action', async () => {
    const id = await task(holds)
    const held = await toys.running('first')
    await send(id, 'force-cancel')
    expect(held.signal.aborted).toBe(true)
    expect(await statesOf(id)).toEqual({ first: 'CANCELLED', next: 'CANCELLED' })
    expect(await taskOf(id)).toMatchObject({ result: 'cancelled', reason: 'cancelled' })
  })

  it('unlock leaves what ran as crashed and what did not run as it was', async () => {
    const id = await task(holds)
    const held = await toys.running('first')
    await send(id, 'force-unlock')
    expect(held.signal.aborted).toBe(true)
    expect(await statesOf(id)).toEqual({ first: 'CRASHED', next: 'TODO' })
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'error', reason: 'halted' })
    const [attempt] = await database.sql`select state from attempt where task_id = ${id}`
    expect(attempt?.state).toBe('CRASHED')
  })

  it('after a cancel that waits for its action ends it at once', async () => {
    const id = await task({ type: 'stubborn', configuration: {} })
    await expect.poll(() => toys.runs).toContain('stubborn')
    await send(id, 'cancel')
    expect((await taskOf(id))?.state).toBe('running')
    await send(id, 'force-cancel')
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'cancelled' })
    expect(await database.sql`select from attempt where task_id = ${id}`).toHaveLength(1)
  })

  it('unlock of a task that never began closes its steps, and nothing brings it back', async () => {
    const id = await phases['pending approval']()
    await send(id, 'force-unlock')
    expect(await statesOf(id)).toEqual({ first: 'CANCELLED', next: 'CANCELLED' })
    await expect(send(id, 'resume')).rejects.toMatchObject({ code: 'not-allowed-now' })
  })
})

describe('a task that was given up', () => {
  it('goes on where it was when it is resumed, and its end is forgotten', async () => {
    const id = await task(holds)
    await toys.running('first')
    await send(id, 'force-unlock')
    await send(id, 'resume')
    // What ran in that moment is for a person to judge.
    await reaches(id, 'paused needs-review')
    expect(await taskOf(id)).toMatchObject({ result: 'pending', endedAt: null })
    await engine.command(id, {
      kind: 'review-step',
      actor: 'ann',
      stepNo: 0,
      payload: { decision: 'mark-done', output: { by: 'hand' } },
    })
    await reaches(id, 'stopped success')
    expect(await statesOf(id)).toEqual({ first: 'DONE', next: 'DONE' })
  })

  it('reads what a person said that an interrupted step came to, also in a loop', async () => {
    const resultFormat = {
      state: '{{.step.hold.state}}',
      by: '{{.step.hold.output.by}}',
      items: '{{range .step.each.children}}{{.state}} {{.output.by}}{{end}}',
    }
    const template = testTemplate(
      [testStep('hold', { action: holds }), testStep('each', { action: holds, foreach: '[1]' })],
      {
        resultFormat,
      },
    )
    const { id } = await engine.createTask(testTask(template))
    await Promise.all([toys.running('hold'), toys.running('each-0')])
    await send(id, 'force-unlock')
    await send(id, 'resume')
    await reaches(id, 'paused needs-review')
    for (const stepNo of [0, 2]) {
      const payload = { decision: 'mark-done', output: { by: 'hand' } }
      await engine.command(id, { kind: 'review-step', actor: 'ann', stepNo, payload })
    }
    await reaches(id, 'stopped success')
    const values = await engine.reader.values({ id, templateId: null })
    expect(values?.outcome).toEqual({ state: 'DONE', by: 'hand', items: 'DONE hand' })
  })

  it('waits again for the instant that its step had chosen', async () => {
    const id = await phases['stopped halted']()
    expect(await database.sql`select from timer where task_id = ${id}`).toHaveLength(0)
    await send(id, 'resume')
    await reaches(id, 'running waiting-until')
    const [step] = await findSteps(database.sql, [id])
    const [timer] = await database.sql`select due_at from timer where task_id = ${id}`
    expect(timer?.dueAt).toEqual(step?.dueAt)
  })

  it('stops its followers like any failure', async () => {
    const first = await phases['paused step-failed']()
    const follower = await task(undefined, { dependsOn: [first] })
    await send(first, 'unlock')
    await reaches(follower, 'stopped dependency-failed')
  })
})

describe('a task that nobody can read', () => {
  const broken = async (given = {}) => {
    const id = await task(undefined, { startAt: new Date(Date.now() + 3_600_000), ...given })
    await database.sql`update payload set definition = '\\x00' where task_id = ${id}`
    return id
  }

  it.each([
    ['cancel', 'stopped cancelled'],
    ['force-cancel', 'stopped cancelled'],
    ['force-unlock', 'stopped halted'],
  ] as const)('%s ends it all the same', async (verb, wanted) => {
    const id = await broken()
    await send(id, verb)
    await reaches(id, wanted)
  })

  it('waits for its approval also when somebody else commands it', async () => {
    const id = await broken({ startAt: undefined, isApproved: false })
    await send(id, 'pause')
    await reaches(id, 'pending approval')
    await expect.poll(async () => (await taskOf(id))?.executorId).toBe(null)
    await send(id, 'reject')
    await reaches(id, 'stopped rejected')
  })
})
