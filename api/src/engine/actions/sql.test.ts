import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ActionRunOptions, runAction } from '../../testing/action.ts'
import { testDatabase } from '../../testing/database.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { sqlAction } from './sql.ts'
import { databaseOf } from './sql-database.ts'

const { sql, target } = await testDatabase()

/** The database of this test as an administrator would describe it. */
function item(): unknown {
  if (target.kind === 'url') return target.url
  const { folder, database, user } = target
  return { host: folder, database, user }
}

const items: Record<string, unknown> = {
  own: item(),
  far: 'postgresql://u:secret@10.9.8.7/x',
  bad: 'mysql://x',
  odd: 5,
}
const action = sqlAction({ outbound: localOutbound(), database: (name) => items[name] })
const ask = (query: string, more: Record<string, unknown> = {}, options?: ActionRunOptions) =>
  runAction(action, { database: 'own', query, ...more }, options)

beforeAll(async () => {
  await sql`create table product (name text, price numeric(8,2), sold int, tags text[], made timestamptz, picture bytea, facts jsonb)`
  await sql`
    insert into product values
      ('pen', 1.50, 3, '{a,b}', '2026-01-02T03:04:05Z', '\\x0102', '{"a": [1]}'), ('ink', 4.00, null, null, null, null, null)`
})
afterAll(async () => {
  await sql`drop table product`
})

describe('a query', () => {
  it('brings its rows as data', async () => {
    const { result, log } = await ask('select * from product where price < $1 order by name', {
      parameters: ['2.5'],
    })
    expect(result?.output).toEqual({
      rows: [
        {
          name: 'pen',
          price: '1.50',
          sold: 3,
          tags: expect.anything(),
          made: new Date('2026-01-02T03:04:05Z'),
          picture: 'AQI=',
          facts: { a: [1] },
        },
      ],
      row_count: 1,
      columns: ['name', 'price', 'sold', 'tags', 'made', 'picture', 'facts'],
      truncated: false,
    })
    expect(log[0]?.text).toBe('own: 1 row\n')
  })

  it('takes texts for whatever its parameters are, and nothing in them becomes part of it', async () => {
    const parameters = [
      '7',
      'true',
      "'; drop table product; --",
      null,
      '2026-01-01',
      '{"a": [1]}',
      '2026-01-02T03:04:05Z',
    ]
    const { result } = await ask(
      'select $1::int + 1 as a, $2::bool as b, $3::text as c, $4::text as d, $5::date as e, $6::jsonb as f, $7::timestamptz as g',
      { parameters },
    )
    const output = result?.output as { rows: object[] } | undefined
    expect(output?.rows[0]).toMatchObject({
      a: 8,
      b: true,
      c: parameters[2],
      d: null,
      e: '2026-01-01',
      f: { a: [1] },
      g: new Date('2026-01-02T03:04:05Z'),
    })
  })

  it('reads no more rows than it may', async () => {
    const { result } = await ask('select generate_series(1, 1000000000) as n', { max_rows: 3 })
    expect(result?.output).toMatchObject({
      rows: [{ n: 1 }, { n: 2 }, { n: 3 }],
      row_count: 3,
      truncated: true,
    })
  })

  it('only reads unless it says otherwise', async () => {
    const statement = "update product set sold = 9 where name = 'ink' returning sold"
    const { error } = await ask(statement)
    expect(error).toMatchObject({ kind: 'client', message: expect.stringContaining('write: true') })
    const { result } = await ask(statement, { write: 'true' })
    expect(result?.output).toMatchObject({ rows: [{ sold: 9 }], row_count: 1 })
    expect(
      (await ask("update product set sold = 1 where name = 'ink'", { write: true })).result?.output,
    ).toMatchObject({ rows: [], row_count: 1 })
    expect(await sql`select sold from product where name = 'ink'`).toMatchObject([{ sold: 1 }])
  })

  it('is one statement', async () => {
    expect((await ask('select 1; select 2', { parameters: [] })).error?.kind).toBe('client')
  })
})

describe('a query that fails', () => {
  it.each([
    ['selec 1', {}, 'client', 'syntax error'],
    ['select 1/0', {}, 'client', 'division by zero'],
    ['select $1::int', { parameters: ['x'] }, 'client', 'integer'],
    ['select pg_sleep(60)', { timeout: '200ms' }, 'server', 'timeout'],
    ['select 1', { database: 'none' }, 'client', 'sql-none'],
    ['select 1', { database: 'bad' }, 'client', 'postgresql:// URL'],
    ['select 1', { database: 'odd' }, 'client', 'a URL or an object'],
    ['select 1', { database: 'far' }, 'client', 'outbound_allow'],
  ])('%s with %j is a %s–%s error', async (query, more, kind, words) => {
    const { error } = await ask(query, more)
    expect(error).toMatchObject({ kind, message: expect.stringContaining(words) })
    expect(error?.message).not.toContain('secret')
  })

  it('because it was cancelled ends on the server too', async () => {
    const stop = new AbortController()
    const running = ask('select pg_sleep(60)', {}, { signal: stop.signal })
    const sleeping = () =>
      sql`select pid from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`
    await expect.poll(async () => (await sleeping()).length, { timeout: 20_000 }).toBe(1)
    stop.abort('cancelled')
    expect((await running).error?.message).toContain('was stopped: cancelled')
    await expect.poll(async () => (await sleeping()).length, { timeout: 20_000 }).toBe(0)
  })
})

it('a database may be written as a URL or in parts', () => {
  expect(databaseOf('x', 'postgres://ann:p%40ss@db.test:6543/shop?sslmode=verify-full')).toEqual({
    host: 'db.test',
    port: 6543,
    database: 'shop',
    user: 'ann',
    password: 'p@ss',
    tls: 'verify-full',
  })
  expect(databaseOf('x', { host: 'db.test', database: 'shop', user: 'ann' })).toMatchObject({
    port: 5432,
    tls: 'prefer',
  })
  expect(() => databaseOf('x', { host: 'db.test', database: 'shop', user: 'ann', sslmode: 'maybe' })).toThrow(
    'sslmode',
  )
})

it('the check refuses a query that is put together from inputs', () => {
  expect(action.check?.({ database: 'a', query: "select '{{.input.x}}'" }).join()).toContain(
    'query must be literal',
  )
})
