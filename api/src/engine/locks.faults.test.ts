import { afterEach, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { gentle, hammer, rough } from '../testing/fault/hammer.ts'
import { findings } from '../testing/fault/invariants.ts'
import { type FaultKit, faultKit } from '../testing/fault/kit.ts'

let kit: FaultKit | undefined
afterEach(() => kit?.close())

it.each([
  ['kills, cancels, pauses and edits', 200, 12, gentle],
  ['unlocks, forces and changed steps, children and priorities besides', 80, 8, rough],
] as const)(
  'tasks over locks, limits, rates and regions: %s leave nothing held, nobody forgotten, no limit exceeded, no old request run',
  async (_, tasks, seconds, verbOf) => {
    const database = await testDatabase()
    const { sql } = database
    kit = await faultKit(database)
    const { wrong, stray, left, ...figures } = await hammer({ sql, kit, tasks, seconds, verbOf })
    expect({ wrong, stray, left }).toEqual({ wrong: {}, stray: [], left: 0 })
    expect(await findings(sql)).toMatchObject({
      leftovers: 0,
      gaps: 0,
      ...(verbOf === gentle && { finishedTwice: 0 }),
    })
    expect(figures.edited).toBeGreaterThan(0)
    expect(figures.counted).toBeGreaterThan(0)
    const [ended] = await sql`
      select count(*) filter (where result = 'success')::int as well,
        count(*) filter (where reason = 'cancelled')::int as cancelled, coalesce(sum(takeovers), 0)::int as takeovers
      from task`
    console.log({ ...figures }, { ...ended })
  },
)
