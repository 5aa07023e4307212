import { setTimeout as pause } from 'node:timers/promises'
import type { TestPoint } from '../../src/engine/test-points.ts'
import {
  create,
  died,
  executors,
  type Ground,
  type Scenario,
  settled,
  share,
  soon,
  takenOver,
  work,
} from '../ground/scenario.ts'

const points: readonly (readonly [TestPoint, nth: number])[] = [
  ['claim.before', 2],
  ['claim.after', 2],
  ['run.running-durable', 9],
  ['run.action-ended', 9],
  ['flush.locked', 5],
  ['flush.written', 5],
  ['flush.committed', 5],
  // All that is released at once may go in one flush.
  ['release.before', 1],
]

/** An executor dies at each named point of the engine, another one finishes what it had. */
export const killsAtPoints: Scenario = {
  name: 'kill -9 at every named point',
  async run(ground) {
    const count = share(ground, 60)
    let tasks = 0
    let kills = 0
    for (const [point, nth] of points) {
      const doomed = await ground.kit.startExecutor({ dieAt: { point, nth } })
      const waits = work(5)
      tasks += (await create(ground, count, waits)).length
      // Nothing is released by tasks that only work: a process that is asked to stop releases all.
      if (point === 'release.before') void doomed.stop()
      if (await died(doomed)) kills++
      await ground.kit.startExecutor()
      await settled(ground)
      await ground.kit.killAll()
    }
    const wrong = kills < points.length ? [`only ${kills} of ${points.length} points were reached`] : []
    return { tasks, faults: `${kills} kills`, wrong: ground.share < 1 ? [] : wrong }
  },
}

/** The process that takes over dies between the two halves of a takeover. */
export const killsInTakeover: Scenario = {
  name: 'kill -9 of the leader in a takeover',
  async run(ground) {
    let tasks = 0
    let kills = 0
    const takeovers: number[] = []
    for (let round = 0; round < 2; round++) {
      const [victim] = await executors(ground, 1, { capacity: 2000 })
      tasks += (await create(ground, share(ground, 60), work(300))).length
      await pause(300)
      // A start on the machine of the victim is the one that takes over at once, and dies in it.
      await victim?.kill()
      const doomed = ground.kit.startExecutor({
        installation: 'host-0',
        dieAt: { point: 'takeover.marked', nth: 1 },
      })
      // Whoever leads may have been quicker.
      kills += (await died(await doomed)) ? 2 : 1
      await executors(ground, 1, { installation: `host-x${round}` })
      const ms = victim && (await takenOver(ground, victim.executorId))
      if (ms !== undefined) takeovers.push(ms)
      await settled(ground)
      await ground.kit.killAll()
    }
    return { tasks, faults: `${kills} kills`, takeovers }
  },
}

/** Executors die at random under load; half of them come back on their machine, half of them never. */
export const randomKills: Scenario = {
  name: 'kill -9 at random under load',
  async run(ground) {
    const running = await executors(ground, 3)
    const takeovers: number[] = []
    const watching: Promise<void>[] = []
    let kills = 0
    let tasks = 0
    const waves = Math.max(3, Math.round(10 * ground.share))
    for (let wave = 0; wave < waves; wave++) {
      tasks += (await create(ground, share(ground, 150), work(20))).length
      await pause(100 + Math.random() * 300)
      const victim = running.shift()
      await victim?.kill()
      kills++
      if (victim) {
        const watch = takenOver(ground, victim.executorId).then((ms) => {
          if (ms !== undefined) takeovers.push(ms)
        })
        watching.push(watch)
      }
      // Another machine: nobody there can prove that the dead one is gone, so its silence has to tell.
      running.push(
        await ground.kit.startExecutor({ installation: `host-${wave % 2 === 0 ? `new-${wave}` : wave % 3}` }),
      )
    }
    await Promise.all(watching)
    await settled(ground)
    return { tasks, faults: `${kills} kills`, takeovers }
  },
}

/** A process that finds no database ends; whoever watches over processes starts it again. */
async function startedAgain({ kit }: Ground): Promise<void> {
  for (let tries = 0; tries < 30; tries++) {
    const executor = await kit.startExecutor({ installation: 'host-0', capacity: 2000 })
    if (executor.executorId !== '') return
    await pause(200)
  }
}

/** Everything dies at once, the database too, with a lot in flight. */
export const wholeInstallation: Scenario = {
  name: 'kill -9 of everything, PostgreSQL too',
  async run(ground) {
    const { server, sql } = ground
    const running = await executors(ground, 2, { capacity: 2000 })
    const tasks = (await create(ground, share(ground, 1000), work(30))).length
    server.crash()
    await Promise.all(running.map((each) => each.kill()))
    const begun = performance.now()
    const done = async () =>
      (await sql`select count(*)::int as count from attempt where state = 'DONE'`)[0]?.count
    const started = startedAgain(ground)
    let before = -1
    let progressMs = 0
    for (; progressMs === 0 && performance.now() - begun < 60_000; await pause(20)) {
      const count = await soon(done(), undefined)
      if (count === undefined) continue
      if (before < 0) before = count
      if (count > before) progressMs = performance.now() - begun
    }
    await started
    await settled(ground)
    const wrong = progressMs === 0 || progressMs > 15_000 ? ['no progress within 15 s of the restart'] : []
    return {
      tasks,
      faults: '2 kills, 1 crash',
      // The flush of whoever created is cut with the database.
      mayFind: true,
      wrong,
      notes: [`first step done ${(progressMs / 1000).toFixed(1)} s after it began again`],
    }
  },
}
