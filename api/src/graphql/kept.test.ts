import { expect, it } from 'vitest'
import { systemActor } from '../domains/access/model.ts'
import { changeSetting } from '../domains/settings/change.ts'
import { testDatabase } from '../testing/database.ts'
import { graphqlTestServer, signedInPerson } from '../testing/graphql.ts'
import { World } from '../testing/world.ts'
import { globalId } from './ids.ts'

const database = await testDatabase()
const world = new World(database.sql)
const server = await graphqlTestServer(database)
const ann = await signedInPerson(database.app, 'ann', ['admin'])

const query = 'query ($id: ID!) { task(id: $id) { kept keptUntil } }'
const kept = async (id: string) =>
  (await server.ask(query, { id: globalId('Task', id) }, { session: ann.session })).data.task

it('a task tells until when it is kept, and a new value of the setting counts at once', async () => {
  const endedAt = new Date('2026-11-01T12:00:00Z')
  const id = await world.task({ state: 'stopped', endedAt })
  const child = await world.task({ state: 'stopped', endedAt, parentId: id })
  expect(await kept(id)).toEqual({ keptUntil: null, kept: expect.stringMatching(/^For ever/) })
  await changeSetting(database.app, systemActor, 'keep_tasks_for', '36500d')
  expect(await kept(id)).toEqual({
    keptUntil: '2126-10-08T12:00:00.000Z',
    kept: expect.stringMatching(/^For 36,500 days since it ended: the setting/),
  })
  expect(await kept(child)).toEqual({ keptUntil: null, kept: expect.stringMatching(/^As long as the task/) })
  await database.sql`update task set keep_seconds = 7200 where id = ${id}`
  expect(await kept(id)).toMatchObject({ keptUntil: '2026-11-01T14:00:00.000Z' })
})
