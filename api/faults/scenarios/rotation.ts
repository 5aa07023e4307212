import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '../../src/base/ids.ts'
import { rotationLabel } from '../../src/domains/keys/model.ts'
import { rotationTemplate } from '../../src/domains/keys/rotation-template.ts'
import { makeCurrent } from '../../src/domains/keys/store.ts'
import { ActionRegistry } from '../../src/engine/action.ts'
import { Reader } from '../../src/engine/read.ts'
import { SharedSecrets } from '../../src/engine/run/mask.ts'
import { KeyRing, type RingKey } from '../../src/engine/seal.ts'
import type { TestPoint } from '../../src/engine/test-points.ts'
import { create, died, type Ground, type Scenario, share, until, work } from '../ground/scenario.ts'

const points: readonly (readonly [TestPoint, number])[] = [
  ['rewrap.written', 1],
  ['rewrap.committed', 1],
  ['reencrypt.written', 2],
  ['reencrypt.committed', 2],
]

const key = (): RingKey => ({ id: newId(), secret: randomBytes(32) })
const old = key()
const fresh = key()

/** Tasks that do not open with the new key alone. */
async function unreadable({ sql }: Ground, ids: readonly string[]): Promise<number> {
  const templateOf = () => Promise.reject(new Error('no stored templates here'))
  const secrets = new SharedSecrets()
  const parts = { sql, keys: new KeyRing([fresh]), registry: new ActionRegistry(), templateOf, secrets }
  const reader = new Reader(parts)
  let broken = 0
  for (const id of ids) {
    const task = { id, templateId: null }
    try {
      await reader.values(task)
      if ((await reader.attempts(task, [0, 1, 2, 3])).length < 4) broken++
    } catch {
      broken++
    }
  }
  return broken
}

/**
 * Everything is re-wrapped and re-encrypted by executors that die in the middle of it, while tasks run.
 */
export const rotationWithKills: Scenario = {
  name: 'key rotation and re-encryption, with kills',
  ring: [fresh, old],
  async run(ground) {
    const { kit, sql } = ground
    const first = await kit.startExecutor()
    const before = await create(ground, share(ground, 250), work(1))
    await until(async () => (await sql`select from task where state <> 'stopped' limit 1`).length === 0, 60)
    await first.stop()
    await makeCurrent(sql, fresh.id)
    ground.keys.load([fresh, old])
    const doomed = async (point: TestPoint, nth: number) => kit.startExecutor({ dieAt: { point, nth } })
    let kills = 0
    let dying = await doomed(...(points[0] as [TestPoint, number]))
    const template = rotationTemplate('reencrypt', fresh.id)
    const [id = ''] = await create(ground, 1, template, {
      label: rotationLabel,
      tags: { kind: 'reencrypt', key: fresh.id },
    })
    for (const [point, nth] of points.slice(1)) {
      if (await died(dying)) kills++
      dying = await doomed(point, nth)
      await create(ground, share(ground, 20), work(5))
      await pause(50)
    }
    if (await died(dying)) kills++
    await kit.startExecutor()
    const over = await until(
      async () => (await sql`select from task where state <> 'stopped' limit 1`).length === 0,
      90,
    )
    const [left] = await sql<{ count: number }[]>`
      select count(*)::int as count from payload where coalesce(born_key_id, key_id) <> ${fresh.id}`
    const broken = await unreadable(ground, before)
    return {
      tasks: before.length + 3 * share(ground, 20) + 1,
      faults: `${kills} kills`,
      wrong: [
        ...(over ? [] : [`the rotation ${id} did not end`]),
        ...(left?.count ? [`${left.count} tasks are still under the old key`] : []),
        ...(broken > 0 ? [`${broken} tasks do not open with the new key alone`] : []),
      ],
    }
  },
}
