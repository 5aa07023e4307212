import { setTimeout as pause } from 'node:timers/promises'
import type { SignalKind } from '@stint/schema/words'
import { chain, testStep, testTemplate } from '../../src/testing/engine.ts'
import { poisons } from '../../src/testing/fault/fault-actions.ts'
import {
  create,
  executors,
  type Ground,
  type Scenario,
  settled,
  share,
  until,
  work,
} from '../ground/scenario.ts'

/** Four executors and more tasks than they can hold: each attempt is claimed once, and no slot is used twice. */
export const fullSlots: Scenario = {
  name: 'full slots, full executors, with kills',
  async run(ground) {
    const few = { capacity: 20, maxRunningActions: 5 }
    const running = await executors(ground, 4, few)
    const tasks = (await create(ground, share(ground, 600), work(5))).length
    for (let n = 0; n < 2; n++) {
      await pause(400)
      await running[n]?.kill()
      await executors(ground, 1, { ...few, installation: `host-${n}` })
    }
    await settled(ground, [], 240)
    return { tasks, faults: '2 kills' }
  },
}

/** Many executors reach for the same tasks at once. */
export const claimRace: Scenario = {
  name: 'six executors claim the same tasks',
  async run(ground) {
    const tasks = (await create(ground, share(ground, 1200), work(1))).length
    await executors(ground, 6, { capacity: 400 })
    await settled(ground)
    return { tasks, faults: 'none' }
  },
}

const answer = (kind: SignalKind) => ({ kind, actor: 'tester' })

async function quietly(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

/** Tasks that are handed back and taken up all the time, while they are paused and resumed. */
export const signalsRaceReleases: Scenario = {
  name: 'pause and resume race with releases',
  async run(ground) {
    const { kit } = ground
    await executors(ground, 2)
    const names = ['w0', 'w1', 'w2', 'w3']
    const waits = testTemplate(chain(names, { action: { type: 'wait', configuration: { for: '20ms' } } }))
    const ids = await create(ground, share(ground, 300), waits)
    let sent = 0
    await Promise.all(
      ids.map(async (id) => {
        for (let n = 0; n < 3; n++) {
          await pause(Math.random() * 1500)
          const both = [kit.engine.command(id, answer('pause')), kit.engine.command(id, answer('resume'))]
          for (const isSent of await Promise.all(both.map(quietly))) if (isSent) sent++
        }
      }),
    )
    // Whoever's pause came last is resumed once more.
    await until(async () => {
      const rows = await ground.sql<{ id: string }[]>`select id from task where state = 'paused' limit 200`
      await Promise.all(rows.map(({ id }) => quietly(kit.engine.command(id, answer('resume')))))
      return (await ground.sql`select from task where state <> 'stopped' limit 1`).length === 0
    }, 120)
    return { tasks: ids.length, faults: `${sent} signals` }
  },
}

/** Tasks of every phase are cancelled at once: approval, queue, running, waiting, paused, in the moment of success. */
export const cancelEverywhere: Scenario = {
  name: 'cancel in every phase, also with nobody there',
  async run(ground) {
    const { kit, sql } = ground
    const [executor] = await executors(ground, 1)
    const wait = testTemplate([testStep('w', { action: { type: 'wait', configuration: { for: '1h' } } })])
    const failing = testTemplate([
      testStep('f', {
        action: { type: 'echo', configuration: { error_message: 'no', error_type: 'client' } },
      }),
    ])
    const count = share(ground, 40)
    const ids = [
      ...(await create(ground, count, work(2), { isApproved: false })),
      ...(await create(ground, count, wait)),
      ...(await create(ground, count, failing)),
      ...(await create(ground, count, work(20_000))),
    ]
    const racing = await create(ground, share(ground, 400), work(1))
    await Promise.all(
      racing.map(async (id) => {
        await pause(Math.random() * 400)
        await quietly(kit.engine.command(id, answer('cancel')))
      }),
    )
    const toldAt = performance.now()
    const accepted = await Promise.all(ids.map((id) => quietly(kit.engine.command(id, answer('cancel')))))
    await until(async () => (await sql`select from task where state <> 'stopped' limit 1`).length === 0, 90)
    const withExecutor = performance.now() - toldAt
    // The same with no executor alive.
    await executor?.kill()
    const orphans = [...(await create(ground, count, work(1))), ...(await create(ground, count, wait))]
    const aloneAt = performance.now()
    await Promise.all(orphans.map((id) => kit.engine.command(id, answer('cancel'))))
    const cancelled = async () =>
      (await sql`select from task where id = any(${orphans}::uuid[]) and result = 'cancelled'`).length
    await until(async () => (await cancelled()) === orphans.length, 30)
    const alone = performance.now() - aloneAt
    const wrong = [
      ...(accepted.every(Boolean) ? [] : ['a cancel of a live task was refused']),
      ...(alone > 5000 ? [`with nobody alive it took ${(alone / 1000).toFixed(1)} s`] : []),
      ...(await contradicted(ground)),
    ]
    return {
      tasks: ids.length + racing.length + orphans.length,
      faults: `${ids.length + racing.length + orphans.length} cancels`,
      alsoEnds: ['stopped/cancelled'],
      wrong,
      notes: [
        `all terminal after ${(withExecutor / 1000).toFixed(1)} s, with nobody alive after ${(alone / 1000).toFixed(1)} s`,
      ],
    }
  },
}

/** A cancelled task that is green, or a record that tells two ends. */
async function contradicted({ sql }: Ground): Promise<string[]> {
  const twice = await sql`
    select from event where kind = 'task' and name = 'stopped' group by task_id having count(*) > 1`
  const green = await sql`
    select from task where result = 'cancelled' and reason is distinct from 'cancelled' and reason is distinct from 'rejected'`
  return [
    ...(twice.length > 0 ? [`${twice.length} records tell two ends`] : []),
    ...(green.length > 0 ? [`${green.length} cancelled tasks give another reason`] : []),
  ]
}

/** Wall clocks that are wrong by ten minutes and jump: only the database's time counts. */
export const clockJumps: Scenario = {
  name: 'clocks 10 min wrong, and jumping',
  async run(ground) {
    const wrongBy = (skewMs: number, jumpMs: number) => ({ clock: { skewMs, jumpAfterMs: 1500, jumpMs } })
    await executors(ground, 1, { installation: 'late', ...wrongBy(-600_000, 1_200_000) })
    await executors(ground, 1, { installation: 'early', ...wrongBy(600_000, -1_200_000) })
    const wait = chain(['w0', 'w1'], { action: { type: 'wait', configuration: { for: '1s' } } })
    const begun = performance.now()
    const ids = await create(ground, share(ground, 100), testTemplate(wait))
    const more = await create(ground, share(ground, 200), work(10))
    await settled(ground)
    const seconds = (performance.now() - begun) / 1000
    const taken = ground.kit.started.reduce((sum, { told }) => sum + told.takeovers, 0)
    return {
      tasks: ids.length + more.length,
      faults: '2 jumps',
      wrong: taken > 0 ? [`${taken} executors were taken for dead`] : [],
      notes: [`waits of 2 × 1 s were over within ${seconds.toFixed(1)} s`],
    }
  },
}

/** Values that nobody can store: their tasks may fail, everything else goes on. */
export const poison: Scenario = {
  name: 'NUL bytes, lone surrogates, oversized and endless values',
  async run(ground) {
    await executors(ground, 1)
    const bad: string[] = []
    for (const kind of poisons) {
      const template = testTemplate([
        testStep('p', { action: { type: 'poison', configuration: { kind } } }),
        testStep('after', {
          dependencies: [{ step: 'p', states: ['DONE'] }],
          action: { type: 'echo', configuration: { output: 'ok' } },
        }),
      ])
      bad.push(...(await create(ground, Math.max(1, Math.round(3 * ground.share)), template)))
    }
    const good = await create(ground, share(ground, 200), work(2))
    // What an action throws may be better the next time: that one is tried again.
    const alsoEnds = ['paused/step-failed', 'paused/needs-review', 'running/retrying']
    await settled(ground, alsoEnds)
    const [row] = await ground.sql<{ count: number }[]>`
      select count(*)::int as count from task where id = any(${good}::uuid[]) and result <> 'success'`
    const silent = await ground.sql`
      select from task where state = 'paused' and coalesce(error_summary, '') = ''`
    return {
      tasks: bad.length + good.length,
      faults: `${bad.length} poisons`,
      alsoEnds,
      wrong: [
        ...(row?.count ? [`${row.count} tasks beside the poisoned ones did not succeed`] : []),
        ...(silent.length > 0 ? [`${silent.length} paused without saying why`] : []),
      ],
    }
  },
}
