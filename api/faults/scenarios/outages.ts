import { setTimeout as pause } from 'node:timers/promises'
import {
  create,
  executors,
  type Scenario,
  settled,
  share,
  takenOver,
  until,
  work,
} from '../ground/scenario.ts'

/** Executors are frozen until long after they count as dead, and wake up in the middle of what they did. */
export const freezes: Scenario = {
  name: 'freeze past death, then thaw',
  async run(ground) {
    const rounds = Math.max(1, Math.round(3 * ground.share))
    const takeovers: number[] = []
    const wrong: string[] = []
    let tasks = 0
    for (let round = 0; round < rounds; round++) {
      const [frozen] = await executors(ground, 1, { installation: `ice-${round}`, capacity: 2000 })
      if (!frozen) continue
      tasks += (await create(ground, share(ground, 150), work(80))).length
      await pause(150)
      frozen.freeze()
      await executors(ground, 1, { installation: `warm-${round}` })
      const ms = await takenOver(ground, frozen.executorId)
      if (ms !== undefined) takeovers.push(ms)
      frozen.thaw()
      await settled(ground)
      if (!(await until(async () => (await frozen.counts()).lives === 2, 15)))
        wrong.push('a thawed executor did not begin anew')
      await ground.kit.killAll()
    }
    return { tasks, faults: `${rounds} freezes`, takeovers, wrong }
  },
}

/** Executors are asked to stop under load and hand back what they have. */
export const cleanRestarts: Scenario = {
  name: 'clean restarts of executors under load',
  async run(ground) {
    const running = await executors(ground, 2)
    let tasks = 0
    let restarts = 0
    for (let wave = 0; wave < 6; wave++) {
      tasks += (await create(ground, share(ground, 100), work(20))).length
      await pause(100)
      await running.shift()?.stop()
      restarts++
      running.push(await ground.kit.startExecutor({ installation: `host-${wave % 2}` }))
    }
    await settled(ground)
    return { tasks, faults: `${restarts} restarts` }
  },
}

/** PostgreSQL stops at once and comes back, again and again. */
export const databaseRestarts: Scenario = {
  name: 'PostgreSQL crashes under load',
  async run(ground) {
    const { server, sql } = ground
    await executors(ground, 2)
    let tasks = 0
    const back: number[] = []
    const away: number[] = []
    const rounds = Math.max(2, Math.round(5 * ground.share))
    for (let round = 0; round < rounds; round++) {
      tasks += (await create(ground, share(ground, 120), work(15))).length
      server.crash()
      const crashed = performance.now()
      await until(async () => (await sql`select 1`).length === 1, 30, 20)
      away.push(performance.now() - crashed)
      const done = async () => Number((await sql`select count(*) as count from attempt`)[0]?.count)
      const begun = performance.now()
      const before = await done().catch(() => 0)
      const live = async () => (await sql`select from task where state <> 'stopped' limit 1`).length === 0
      await until(async () => (await done()) > before || (await live()), 30, 20)
      back.push(performance.now() - begun)
    }
    await settled(ground)
    return {
      tasks,
      faults: `${rounds} crashes`,
      mayFind: true,
      // Whoever had no answer for 8 s gives up his place, and others must wait for his silence.
      wrong: back.some((ms, round) => ms > ((away[round] as number) > 7_000 ? 15_000 : 5_000))
        ? ['work went on only long after PostgreSQL was back']
        : [],
      notes: [
        `away for ${(Math.max(...away) / 1000).toFixed(1)} s at the most; work goes on ${back.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s after it is back`,
      ],
    }
  },
}

/** Connections of every kind are cut, ten a second. */
export const cutConnections: Scenario = {
  name: 'connections cut, ten a second',
  async run(ground) {
    const { sql } = ground
    await executors(ground, 2)
    let isOver = false
    let cut = 0
    const cutting = (async () => {
      while (!isOver) {
        const rows = await sql`
          select pg_terminate_backend(pid) from (
            select pid from pg_stat_activity
            where datname = current_database() and application_name like 'stint%' and pid <> pg_backend_pid()
            order by random() limit 1
          ) as one`.catch(() => [])
        cut += rows.length
        await pause(100)
      }
    })()
    let tasks = 0
    const waves = Math.max(4, Math.round(16 * ground.share))
    for (let wave = 0; wave < waves; wave++) {
      tasks += (await create(ground, share(ground, 50), work(10))).length
      await pause(500)
    }
    isOver = true
    await cutting
    await settled(ground)
    return { tasks, faults: `${cut} cuts`, mayFind: true }
  },
}

/** Every commit takes a tenth of a second. */
export const slowDisk: Scenario = {
  name: 'every commit takes 100 ms, with kills',
  async run(ground) {
    const running = await executors(ground, 2)
    await ground.server.slowDown(100)
    try {
      const tasks = (await create(ground, share(ground, 200), work(5))).length
      await pause(500)
      await running[0]?.kill()
      await executors(ground, 1, { installation: 'host-0' })
      await settled(ground)
      return { tasks, faults: '1 kill' }
    } finally {
      await ground.server.slowDown(0)
    }
  },
}
