import { expect, test } from 'vitest'
import { testDatabase } from '../../testing/database.ts'
import type { Author } from './model.ts'
import { listAudit, record } from './store.ts'

const { sql } = await testDatabase()
const ann: Author = { userId: '019aa000-0000-7000-8000-000000000001', name: 'ann', address: '192.0.2.1' }

test('many entries go in with one call and come back whole, newest first', async () => {
  const details = { from: { a: [1, null] }, to: 'x', keptAsIs: true }
  await record(sql, ann, [
    { action: 'user.create', subjectType: 'user', subjectId: 'u1' },
    { action: 'user.update', subjectType: 'user', subjectId: 'u1', reason: 'left', details },
  ])
  const [last, first] = await listAudit(sql, { subjectId: 'u1' }, null, 10)
  expect(last).toMatchObject({
    action: 'user.update',
    actorId: ann.userId,
    actorName: 'ann',
    address: '192.0.2.1',
    subjectType: 'user',
    reason: 'left',
    details,
  })
  expect(last?.at).toBeInstanceOf(Date)
  expect(first).toMatchObject({ action: 'user.create', reason: null, details: {} })
})

test('nothing to record is no statement and no error', async () => {
  await record(sql, ann, [])
})

test('pages follow each other without gap or repeat, within a filter', async () => {
  await record(
    sql,
    { ...ann, name: 'bob' },
    Array.from({ length: 7 }, (_, n) => ({ action: 'page.test', subjectType: 'page', subjectId: `${n}` })),
  )
  const seen: string[] = []
  let after: string | null = null
  for (let page = 0; page < 4; page++) {
    const rows = await listAudit(sql, { subjectType: 'page', actorName: 'bob' }, after, 3)
    seen.push(...rows.map((row) => row.subjectId ?? ''))
    after = rows.at(-1)?.id ?? after
  }
  expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0'])
})

test('what is recorded cannot be changed, removed or emptied, not even by the owner of the database', async () => {
  await record(sql, ann, [{ action: 'stays' }])
  await expect(sql`update audit set actor_name = 'nobody'`).rejects.toThrow(/append-only/)
  await expect(sql`delete from audit where action = 'stays'`).rejects.toThrow(/append-only/)
  await expect(sql`truncate audit`).rejects.toThrow(/append-only/)
})

test('an entry goes with the change it describes', async () => {
  const undone = sql.begin(async (tx) => {
    await record(tx, ann, [{ action: 'undone' }])
    throw new Error('the change failed')
  })
  await expect(undone).rejects.toThrow('the change failed')
  const rows = await listAudit(sql, {}, null, 100)
  expect(rows.map((row) => row.action)).not.toContain('undone')
})
