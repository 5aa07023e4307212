import { expect, it, onTestFinished } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { clean, findings } from '../testing/fault/invariants.ts'
import { faultKit } from '../testing/fault/kit.ts'

const append = (ms: number) => ({ action: { type: 'append', configuration: { ms } } })
const after = (step: string) => ({ dependencies: [{ step, states: ['DONE'] }] })
const template = testTemplate([
  testStep('first', append(5)),
  testStep('second', { ...append(300), ...after('first') }),
  testStep('rest', { action: { type: 'wait', configuration: { for: '1h' } }, ...after('second') }),
])
const taskCount = 40

it('tasks that are started over while executors die do every step once in each of their lives', async () => {
  const database = await testDatabase()
  const { sql } = database
  const kit = await faultKit(database)
  onTestFinished(() => kit.close())
  let current = await kit.startExecutor()
  const created = Array.from({ length: taskCount }, () => kit.engine.createTask(testTask(template)))
  const ids = (await Promise.all(created)).map(({ id }) => id)
  const each = (kind: 'pause' | 'start-over' | 'resume') =>
    Promise.all(ids.map((id) => kit.engine.command(id, { kind, actor: 'ann' })))
  const done = (life: number) => sql`
    select from attempt where state = 'DONE' and step_no = 1 group by task_id having count(*) >= ${life}`
  const rests = (where: string) => () =>
    sql`select from task where state = ${where} and executor_id is null and result = 'pending'`
  const isAll = (rows: () => Promise<unknown[]>) =>
    expect.poll(rows, { timeout: 60_000, interval: 50 }).toHaveLength(taskCount)

  for (const life of [1, 2, 3]) {
    await isAll(() => done(life))
    await isAll(rests('running'))
    await each('pause')
    await isAll(rests('paused'))
    // Taken up again: what is done is not done again by that.
    await each('resume')
    await isAll(rests('running'))
    if (life === 3) break
    await each('pause')
    await isAll(rests('paused'))
    await each('start-over')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400))
    await current.kill()
    current = await kit.startExecutor()
  }
  expect(await findings(sql)).toMatchObject({ ...clean, byState: { 'running/waiting-until': taskCount } })
  for (const step of [0, 1]) {
    const lives = await sql`
      select count(*)::int as n from attempt
      where state = 'DONE' and step_no = ${step} group by task_id having count(*) <> 3`
    expect(lives).toEqual([])
  }
})
