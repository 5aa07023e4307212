import fc from 'fast-check'
import { expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import {
  type ModelGroup,
  type ModelHold,
  type ModelResource,
  type ModelTask,
  type ModelWish,
  WaitingModel,
} from '../testing/waiting-model.ts'
import { isLimit, modelResources as resources, WaitingRows } from '../testing/waiting-rows.ts'

const { sql } = await testDatabase()

const wish = fc.record({
  resource: fc.nat(5),
  isShared: fc.boolean(),
  operation: fc.constantFrom('', '', 'x', 'y'),
})
const task = fc.record({
  parent: fc.option(fc.nat(11), { nil: undefined, freq: 5 }),
  isAwaited: fc.oneof(
    { weight: 6, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  owner: fc.constantFrom('ann', 'bob'),
  role: fc.constantFrom('running', 'running', 'pending', 'pending', 'pending', 'scheduled'),
  dependsOn: fc.array(fc.nat(9), { maxLength: 2 }),
  holds: fc.array(fc.record({ ...wishParts(), ofStep: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  asks: fc.array(
    fc.record({
      wishes: fc.array(wish, { minLength: 1, maxLength: 3 }),
      priority: fc.nat(1),
      turn: fc.nat(99),
    }),
    { minLength: 1, maxLength: 2 },
  ),
})

function wishParts() {
  return { resource: fc.nat(5), isShared: fc.boolean(), operation: fc.constantFrom('', '', 'x', 'y') }
}

type Drawn = typeof task extends fc.Arbitrary<infer T> ? T : never

/** What stays of the drawn tasks: only a task that runs has children, only one without a parent waits for others to stop. */
function tasksOf(drawn: readonly Drawn[]): ModelTask[] {
  const tasks: ModelTask[] = []
  for (const [no, { parent, isAwaited, owner, role, dependsOn }] of drawn.entries()) {
    const wanted = parent !== undefined && no > 0 ? parent % no : undefined
    const found = wanted !== undefined && tasks[wanted]?.role === 'running' ? wanted : undefined
    tasks.push({
      parent: found,
      isAwaited,
      owner,
      role: found !== undefined && role === 'scheduled' ? 'running' : role,
      dependsOn: no === 0 ? [] : [...new Set(dependsOn.map((each) => each % no))],
    })
  }
  return tasks
}

const distinct = (wishes: readonly ModelWish[]) => [
  ...new Map(
    wishes
      .map((each) => (isLimit(each.resource) ? { ...each, operation: '' } : each))
      .map((each) => [`${each.resource}/${each.operation}`, each]),
  ).values(),
]

/** What a task of this role asks for: before it runs all that it needs, after that slots for its steps. */
function groupsOf(drawn: readonly Drawn[], tasks: readonly ModelTask[]) {
  return drawn
    .flatMap(({ asks }, no) => {
      const role = tasks[no]?.role
      const taken = role === 'pending' ? asks.slice(0, 1) : role === 'running' ? asks : []
      return taken.map(({ wishes, priority, turn }, at) => ({
        task: no,
        step: role === 'pending' ? -1 : at,
        priority,
        turn,
        wishes: distinct(role === 'pending' ? wishes : wishes.filter((each) => isLimit(each.resource))),
      }))
    })
    .filter(({ wishes }) => wishes.length > 0)
    .sort((a, b) => a.turn - b.turn)
}

async function heldOf(
  rows: WaitingRows,
  drawn: readonly Drawn[],
  tasks: readonly ModelTask[],
): Promise<ModelHold[]> {
  const held: ModelHold[] = []
  for (const [no, { holds }] of drawn.entries()) {
    if (tasks[no]?.role !== 'running') continue
    for (const { ofStep, ...wished } of distinct(holds) as (ModelWish & { ofStep: boolean })[]) {
      const { capacity, isRate } = resources[wished.resource] as ModelResource
      const isFull = held.filter((hold) => hold.resource === wished.resource).length >= (capacity ?? 99)
      if (isFull && !isRate) continue
      const hold = { ...wished, task: no, step: ofStep && isLimit(wished.resource) ? 50 : -1 }
      if (await rows.hold(hold)) held.push(hold)
    }
  }
  return held
}

/** All of one flush. */
async function compareAtOnce(rows: WaitingRows, model: WaitingModel, groups: readonly ModelGroup[]) {
  for (const group of groups) await rows.wait(group)
  model.groups.push(...groups)
  const isClosed = (await rows.circleOf(groups)) !== undefined
  expect({ groups, isClosed }).toEqual({ groups, isClosed: model.stuckGroups().length > 0 })
  model.groups.length = 0
  for (const group of groups) await rows.giveUp(group)
}

/** As the product does it: one asks after the other, and whose waiting would never end is refused. */
async function compare(
  rows: WaitingRows,
  model: WaitingModel,
  groups: readonly (ModelGroup & { turn: number })[],
) {
  const seen = { waiting: 0, circles: 0 }
  const asked = groups.map(({ turn: _, ...drawn }, seq) => ({
    ...drawn,
    seq,
    priority: drawn.priority + (model.holdsAnything(drawn.task) ? 100_000 : 0),
  }))
  await compareAtOnce(rows, model, asked)
  for (const group of asked) {
    model.groups.push(group)
    await rows.wait(group)
    const circle = await rows.circleOf([group])
    const stuck = model.stuckGroups()
    expect({ group, closes: circle !== undefined }).toEqual({ group, closes: stuck.length > 0 })
    seen.waiting++
    if (!circle) continue
    seen.circles++
    expect(circle[0]).toBe(group.task)
    for (const [at, one] of circle.entries()) {
      const next = circle[(at + 1) % circle.length] as number
      expect({ circle, one, next, waits: model.waitsFor(one, next) }).toMatchObject({ waits: true })
    }
    model.groups.pop()
    await rows.giveUp(group)
  }
  return seen
}

class Undone extends Error {}

it('tells exactly the waiting that would never end, as plain rules do, over random families, locks, limits and rates', async () => {
  const total = { waiting: 0, circles: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(task, { minLength: 6, maxLength: 12 }), async (drawn) => {
      const tasks = tasksOf(drawn)
      const all = sql.begin(async (tx) => {
        const rows = new WaitingRows(tx, tasks)
        await rows.writeTasks()
        const model = new WaitingModel(resources, tasks, await heldOf(rows, drawn, tasks))
        const seen = await compare(rows, model, groupsOf(drawn, tasks) as never)
        total.waiting += seen.waiting
        total.circles += seen.circles
        throw new Undone()
      })
      await all.catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error
      })
    }),
    { numRuns: 120 },
  )
  console.log(`${total.waiting} waits, ${total.circles} of them would never end`)
  expect(total.circles).toBeGreaterThan(0)
})
