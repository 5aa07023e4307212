import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../base/ids.ts'
import { reencryptTasks } from '../../engine/reencrypt.ts'
import { KeyRing, type RingKey } from '../../engine/seal.ts'
import { setTestPoint } from '../../engine/test-points.ts'
import { Listener } from '../../postgres/listen.ts'
import { testDatabase } from '../../testing/database.ts'
import { chain, testEngine, testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { ToyActions } from '../../testing/toy-actions.ts'
import { holds, toyRegistry } from '../../testing/toy-engine.ts'
import { actorOf } from '../../testing/world.ts'
import { systemActor } from '../access/model.ts'
import { keyRing } from './read.ts'
import { enterRing, leaveRing, RingKeeper, RingKeyMissing } from './ring.ts'
import { rotateKeys } from './rotate.ts'
import { rotateKeysAction } from './rotate-action.ts'

/*
 * Two processes with a key file each. The files change as an administrator would change them; keepers read them.
 */

const database = await testDatabase()
const { app, sql, target } = database
const key = (): RingKey => ({ id: newId(), secret: randomBytes(32) })
const first = key()
const files: RingKey[][] = [[first], [first]]
const toys = new ToyActions()
const parts = await Promise.all(
  files.map(async (file, index) => {
    const listener = new Listener({ target, log: app.log })
    await listener.start()
    const keys = new KeyRing(file, await enterRing(app, file))
    let last = file
    const reread = () => {
      if (files[index] === last) return undefined
      last = files[index] as RingKey[]
      return last
    }
    const keeper = new RingKeeper({ app, listener, keys, reread }, file)
    await keeper.start()
    const registry = toyRegistry(toys).addOwn(rotateKeysAction({ app, keys }))
    const { engine, stop } = await testEngine(database, { keys, registry })
    const stopAll = async () => {
      await stop()
      await keeper.stop()
      await listener.stop()
    }
    return { engine, keys, stop: stopAll }
  }),
)
const [one, two] = parts as [(typeof parts)[0], (typeof parts)[0]]
const admin = systemActor

afterAll(async () => {
  for (const { stop } of parts) await stop()
})

const rotate = (reencrypt = false) =>
  rotateKeys({ app, engine: one.engine, patienceMs: 0 }, admin, { reencrypt })
const ended = async () => {
  const over = async () => (await keyRing(app, admin)).rotation?.state
  await expect.poll(over, { timeout: 120_000, interval: 50 }).toBe('success')
}

/** Both processes have told it, which they do with every heartbeat. */
const everybodyHas = ({ id }: RingKey) =>
  expect
    .poll(async () => (await sql`select from executor where state = 'alive' and key_ids @> ${[id]}`).length, {
      timeout: 15_000,
    })
    .toBe(2)

/** What people read of a task, opened with nothing but these keys. */
async function read(id: string, keys: KeyRing) {
  const { engine, stop } = await testEngine(database, { keys, capacity: 0, role: 'serve' })
  const task = { id, templateId: null }
  const values = await engine.reader.values(task)
  const attempts = await engine.reader.attempts(task, [0, 1])
  const log = await engine.reader.log(id, 0, 1, 0, 10)
  await stop()
  return {
    input: values?.input,
    attempts: attempts.map((each) => each.output),
    log: log.map((each) => each.text),
  }
}

let finished = ''
let report = { taskId: '', reportToken: '' }

beforeAll(async () => {
  const template = testTemplate([testStep('a', { action: holds }), testStep('b')])
  const made = await one.engine.createTask(testTask(template, { input: { password: 'p1' } }))
  finished = made.id
  const held = await toys.running('a')
  held.log('a line\n')
  held.finish({ found: 1 })
  await one.engine.waitForStop(finished, 10)
  const many = testTemplate([testStep('x')])
  await Promise.all(Array.from({ length: 1200 }, () => one.engine.createTask(testTask(many))))
  report = await one.engine.openReport({ label: 'r', title: 'r', owner: { name: 'x' }, timeoutSeconds: 600 })
})

test('only who may rotates, and there must be a newer key', async () => {
  const viewer = actorOf('v', ['operator'])
  await expect(rotateKeys({ app, engine: one.engine }, viewer, { reencrypt: false })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(rotate()).rejects.toThrow(/Make a newer one first/)
  await expect(rotate(true)).rejects.toThrow(/Make a newer one first/)
})

test('a key that a process lacks does not wrap', async () => {
  files[0] = [key(), first]
  await expect.poll(() => one.keys.ids.length, { timeout: 10_000 }).toBe(2)
  // Told with the next heartbeat.
  await expect(rotate()).rejects.toThrow(/is not in the key file of/)
  expect(one.keys.current).toBe(first.id)
  files[1] = files[0]
})

test('a rotation wraps everything anew while tasks run, and then the old key may go', async () => {
  await everybodyHas(files[0]?.[0] as RingKey)
  const template = testTemplate(chain(['l0', 'l1'], { action: holds }))
  const { id } = await two.engine.createTask(testTask(template))
  const held = await toys.running('l0')
  const before = await read(finished, one.keys)
  await rotate()
  await expect(rotate()).rejects.toMatchObject({ code: 'not-allowed-now' })
  held.finish({ during: true })
  await ended()
  ;(await toys.running('l1')).finish({ after: true })
  expect(await two.engine.waitForStop(id, 10)).toBe(true)
  const { keys, rotation } = await keyRing(app, admin)
  expect(keys.map(({ isNewest, mayBeRemoved }) => [isNewest, mayBeRemoved])).toEqual([
    [true, false],
    [false, true],
  ])
  expect(rotation).toMatchObject({ kind: 'rewrap', state: 'success' })
  expect(rotation?.done).toBe(rotation?.total)
  // Without the old key: the finished one, the one that ran through it, and what was sealed meanwhile.
  const newest = new KeyRing([files[0]?.[0] as RingKey])
  expect(await read(finished, newest)).toEqual(before)
  expect((await read(id, newest)).attempts).toEqual([{ during: true }, { after: true }])
  const audit = await sql`select subject_id, details from audit where action = 'key.rotate'`
  expect(audit[0]).toMatchObject({ subjectId: newest.current, details: { from: first.id, kind: 'rewrap' } })
})

test('the old key leaves the ring, and a start without a needed one is refused by its name', async () => {
  const wanted = files[0]?.[0] as RingKey
  await expect(enterRing(app, [first])).rejects.toMatchObject({ keyId: wanted.id })
  await expect(enterRing(app, [first])).rejects.toBeInstanceOf(RingKeyMissing)
  files[0] = [wanted]
  files[1] = files[0]
  await expect.poll(() => parts.every(({ keys }) => keys.ids.length === 1), { timeout: 10_000 }).toBe(true)
  expect(await leaveRing(app, first.id, async () => true)).toBe(true)
  expect((await keyRing(app, admin)).keys.map(({ id }) => id)).toEqual([wanted.id])
})

test('re-encryption gives every task another data key, those that are worked on when they rest', {
  timeout: 300_000,
}, async () => {
  const wanted = files[0]?.[0] as RingKey
  files[0] = [key(), wanted]
  files[1] = files[0]
  await everybodyHas(files[0]?.[0] as RingKey)
  const template = testTemplate(chain(['r0', 'r1'], { action: holds }), { onError: 'pause' })
  const { id } = await two.engine.createTask(testTask(template))
  const held = await toys.running('r0')
  const paused = await two.engine.createTask(testTask(testTemplate([testStep('p')]), { isApproved: false }))
  const before = await read(finished, one.keys)
  const sealedBefore = await sql`select task_id, wrapped_key, input from payload`
  // Reports come all the time; none may be lost or mixed.
  let seq = 0
  let isOver = false
  const reporting = (async () => {
    while (!isOver) {
      seq++
      const log = [{ step: 's', text: `line ${seq}\n` }]
      expect(await two.engine.appendReport(report.taskId, report.reportToken, { seq, log })).toBe(true)
      await two.engine.comment(paused.id, 'x', 'hello')
    }
  })()
  await rotate(true)
  const [rotation] = await sql`select id from task where label = 'keys.rotate' order by id desc limit 1`
  const isBeingDone = async () =>
    (
      await sql`select from payload where coalesce(born_key_id, key_id) <> ${files[0]?.[0]?.id as string} and task_id <> ${rotation?.id}`
    ).length
  // All but the one that runs.
  await expect.poll(isBeingDone, { timeout: 120_000, interval: 50 }).toBe(1)
  expect((await keyRing(app, admin)).rotation?.state).toBe('running')
  held.finish({ during: true })
  ;(await toys.running('r1')).finish({ after: true })
  expect(await two.engine.waitForStop(id, 10)).toBe(true)
  await ended()
  isOver = true
  await reporting
  const newest = new KeyRing([files[0]?.[0] as RingKey])
  expect(await read(finished, newest)).toEqual(before)
  expect((await read(id, newest)).attempts).toEqual([{ during: true }, { after: true }])
  await two.engine.command(paused.id, { kind: 'resolve', actor: 'x', payload: { answer: 42 } })
  expect(await two.engine.waitForStop(paused.id, 10)).toBe(true)
  // Every line of the report opens, in its order.
  const { engine, stop } = await testEngine(database, { keys: newest, capacity: 0, role: 'serve' })
  const lines = await engine.reader.log(report.taskId, 0, 1, 0, 10_000)
  await stop()
  expect(lines.map((each) => each.text)).toEqual(Array.from({ length: seq }, (_, n) => `line ${n + 1}\n`))
  const now = new Map((await sql`select task_id, wrapped_key, input from payload`).map((r) => [r.taskId, r]))
  for (const row of sealedBefore) expect(now.get(row.taskId)?.input?.equals(row.input) ?? false).toBe(false)
  const left = await sql`select from payload where born_key_id is not null and task_id <> ${rotation?.id}`
  expect(left).toHaveLength(0)
})

test('a command that races a re-encryption is read in any case', async () => {
  const { id } = await one.engine.createTask(testTask(testTemplate([testStep('p')]), { isApproved: false }))
  const racing = [key(), ...(files[0] as RingKey[])]
  const ring = new KeyRing(racing)
  let written: () => void = () => {}
  const isWritten = new Promise<void>((resolve) => {
    written = resolve
  })
  let goOn: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  // Stops with the new values written and not committed.
  setTestPoint('reencrypt.written', async (ids) => {
    if (!ids.includes(id)) return
    written()
    await gate
  })
  const { signal } = new AbortController()
  const working = reencryptTasks(sql, ring, { signal, waits: false }, () => {})
  await isWritten
  const commanding = (async () => {
    // Whoever takes it must know the new key, too.
    for (const { keys } of parts) keys.load(racing)
    await one.engine.command(id, { kind: 'resolve', actor: 'x', payload: { answer: 1 } })
  })()
  setTestPoint('reencrypt.written', undefined)
  goOn()
  await working
  await commanding
  expect(await one.engine.waitForStop(id, 30)).toBe(true)
  expect((await one.engine.reader.values({ id, templateId: null }))?.resolverInput).toEqual({ answer: 1 })
})
