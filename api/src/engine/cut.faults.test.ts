import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkout } from '../base/config.ts'
import { EmbeddedPostgres } from '../postgres/embedded.ts'
import { migrate } from '../postgres/migrate.ts'
import { scratchFolder } from '../testing/cluster.ts'
import { databaseAt, testDatabase } from '../testing/database.ts'
import { chain, testTask, testTemplate } from '../testing/engine.ts'
import { clean, findings } from '../testing/fault/invariants.ts'
import { type FaultKit, faultKit } from '../testing/fault/kit.ts'

const names = ['s0', 's1', 's2', 's3', 's4']
const template = testTemplate(chain(names, { action: { type: 'append', configuration: { ms: 15 } } }))

/** Creates tasks in waves of 50 while `disturb` is called between them; a refused creation is tried again. */
async function createThrough(kit: FaultKit, waves: number, disturb: () => Promise<unknown>): Promise<number> {
  for (let wave = 0; wave < waves; wave++) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const request = testTask(template, { idempotencyKey: `${wave}/${index}` })
        for (let tries = 0; ; tries++) {
          try {
            return await kit.engine.createTask(request)
          } catch (error) {
            if (tries > 20) throw error
            await new Promise((resolve) => setTimeout(resolve, 100))
          }
        }
      }),
    )
    await disturb()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return waves * 50
}

describe('connections cut at random', () => {
  it('fail no task: each is created once, and done once', async () => {
    const database = await testDatabase()
    const kit = await faultKit(database)
    onTestFinished(() => kit.close())
    const executors = [await kit.startExecutor(), await kit.startExecutor()]
    let cut = 0
    const count = await createThrough(kit, 12, async () => {
      cut += await kit.cutConnections('stint:')
      cut += await kit.cutConnections('stint-')
    })
    const live = async () => (await database.sql`select from task where state <> 'stopped'`).length
    await expect.poll(live, { timeout: 60_000, interval: 100 }).toBe(0)
    expect(await findings(database.sql)).toMatchObject({ ...clean, byState: { 'stopped/success': count } })
    expect(cut).toBeGreaterThan(20)
    const found = await Promise.all(executors.map(async (each) => (await each.counts()).found))
    console.log(`${cut} connections cut; the safety net found ${found} and ${kit.engine.counts.found}`)
  })
})

describe('a server that stops at once, again and again', () => {
  it('loses nothing: work goes on when it is back', async () => {
    const folder = scratchFolder()
    const server = new EmbeddedPostgres({ dataDir: folder, settings: { shared_buffers: '32MB' } })
    await server.start()
    await migrate(server.target, join(checkout, 'api/migrations'))
    const database = databaseAt(server.target)
    const kit = await faultKit(database)
    onTestFinished(async () => {
      await kit.close()
      await database.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    const executor = await kit.startExecutor()
    const postmaster = () =>
      Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
    let stops = 0
    const count = await createThrough(kit, 6, async () => {
      const pid = postmaster()
      // An immediate shutdown: no checkpoint, sessions are cut in the middle of whatever they do.
      execFileSync('kill', ['-QUIT', String(pid)])
      stops++
      await expect
        .poll(() => database.sql`select 1`.then(() => true).catch(() => false), {
          timeout: 20_000,
          interval: 50,
        })
        .toBe(true)
    })
    const live = async () =>
      (await database.sql`select from task where state <> 'stopped'`.catch(() => [1])).length
    await expect.poll(live, { timeout: 60_000, interval: 100 }).toBe(0)
    expect(await findings(database.sql)).toMatchObject({ ...clean, byState: { 'stopped/success': count } })
    console.log(
      `${stops} stops of the server; the safety net found ${(await executor.counts()).found} and ${kit.engine.counts.found}`,
    )
  })
})
