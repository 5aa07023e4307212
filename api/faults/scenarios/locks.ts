import { setTimeout as pause } from 'node:timers/promises'
import type { Template } from '@stint/schema/template-types'
import { chain, testStep, testTemplate } from '../../src/testing/engine.ts'
import { create, executors, type Ground, type Scenario, settled, share, until } from '../ground/scenario.ts'

const append = { action: { type: 'append', configuration: { ms: 10 } } }

/** From now on the database itself writes down the most holders that a resource ever had at once. */
async function watchHolds({ sql }: Ground): Promise<void> {
  await sql`create table most_held (resource text primary key, count integer not null)`
  await sql`
    create function note_holds() returns trigger language plpgsql as $$
    begin
      insert into most_held
      select new.resource_type || '/' || new.resource_id, count(*) from hold
      where resource_type = new.resource_type and resource_id = new.resource_id
      on conflict (resource) do update set count = greatest(most_held.count, excluded.count);
      return null;
    end $$`
  await sql`create trigger note_holds after insert on hold for each row execute function note_holds()`
}

/** Each of these scenarios has one resource. */
async function mostHeld({ sql }: Ground): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select max(count) as count from most_held`
  return row?.count ?? 0
}

/** Executors die every so often while the tasks want the same thing. */
async function killThrough(
  ground: Ground,
  template: Template,
  count: number,
  kills: number,
): Promise<number> {
  const running = await executors(ground, 3)
  const ids = await create(ground, count, template)
  for (let n = 0; n < kills; n++) {
    await pause(700)
    await running.shift()?.kill()
    // Half of them on a machine that proves the death at once, half where its silence has to tell.
    running.push(await ground.kit.startExecutor({ installation: n % 2 === 0 ? `host-${n}` : `other-${n}` }))
  }
  await settled(ground, [], 180)
  return ids.length
}

async function leftBehind({ sql }: Ground): Promise<string[]> {
  const gone = async () => {
    const [row] = await sql<{ holds: number; waits: number }[]>`
      select (select count(*)::int from hold where until is null) as holds, (select count(*)::int from wait) as waits`
    return row ?? { holds: 0, waits: 0 }
  }
  const { holds, waits } = await gone()
  return holds + waits === 0 ? [] : [`${holds} holds and ${waits} waits are left behind`]
}

export const oneLock: Scenario = {
  name: '100 tasks on one exclusive lock, with kills',
  async run(ground) {
    await watchHolds(ground)
    const template = testTemplate(chain(['l0', 'l1'], append), {
      locks: [{ resource: 'host/one', mode: 'exclusive', onConflict: 'wait' }],
    })
    const kills = Math.max(1, Math.round(4 * ground.share))
    const tasks = await killThrough(ground, template, share(ground, 100), kills)
    const most = await mostHeld(ground)
    return {
      tasks,
      faults: `${kills} kills`,
      wrong: [...(most === 1 ? [] : [`${most} tasks held the lock at once`]), ...(await leftBehind(ground))],
      notes: [`at most ${most} holder at once`],
    }
  },
}

export const oneLimit: Scenario = {
  name: '300 tasks on a limit of 5, with kills',
  async run(ground) {
    await watchHolds(ground)
    const template = testTemplate(chain(['l0', 'l1'], append), {
      limits: [{ resource: 'pool/five', capacity: 5 }],
    })
    const kills = Math.max(1, Math.round(4 * ground.share))
    const tasks = await killThrough(ground, template, share(ground, 300), kills)
    const most = await mostHeld(ground)
    return {
      tasks,
      faults: `${kills} kills`,
      wrong: [
        ...(most > 0 && most <= 5 ? [] : [`${most} tasks held one of 5 slots at once`]),
        ...(await leftBehind(ground)),
      ],
      notes: [`at most ${most} of 5 slots were held at once`],
    }
  },
}

const templates = {
  child: testTemplate(chain(['c0', 'c1'], append), { name: 'child' }),
}

/** Loops and sub-tasks: every item and every child ends once, whoever dies over them. */
export const loopsAndChildren: Scenario = {
  name: 'loops and sub-tasks, with kills',
  async run(ground) {
    const { sql, kit } = ground
    const items = JSON.stringify(Array.from({ length: 40 }, (_, index) => index))
    const parent = testTemplate([
      testStep('each', { foreach: items, ...append }),
      testStep('child', { action: { type: 'subtask', configuration: { template: 'child' } } }),
    ])
    const running = await executors(ground, 2, { templates })
    const count = share(ground, 60)
    await create(ground, count, parent)
    const kills = Math.max(1, Math.round(4 * ground.share))
    for (let n = 0; n < kills; n++) {
      await pause(500)
      await running.shift()?.kill()
      running.push(await kit.startExecutor({ installation: `host-${n % 2}`, templates }))
    }
    const over = async () => (await sql`select from task where state <> 'stopped' limit 1`).length === 0
    await settled(ground, [], 120)
    await until(over, 60)
    const [row] = await sql<{ items: number; children: number }[]>`
      select
        (select count(*)::int from step where parent_no is not null and state = 'DONE') as items,
        (select count(*)::int from task where parent_id is not null) as children`
    return {
      tasks: count * 2,
      faults: `${kills} kills`,
      isChain: false,
      wrong: [
        ...(row?.items === count * 40 ? [] : [`${row?.items} items of ${count * 40} are done`]),
        ...(row?.children === count ? [] : [`${row?.children} children of ${count} parents`]),
      ],
    }
  },
}
