import { describe, expect, it } from 'vitest'
import { channelWorld } from '../../testing/channels.ts'
import { lastDeliveryOf, listChannels, listDeliveries, readConfiguration } from './read.ts'
import { saveChannel } from './save.ts'
import { openConfiguration } from './seal.ts'
import { retryDelivery, testChannel } from './tell.ts'

const { app, sql, keys, book, engine, admin, receiver, save } = await channelWorld()

describe('a channel', () => {
  const configuration = {
    url: 'https://hooks.example.org/in?token=t0k3n',
    secret: 'sesame-open',
    headers: { authorization: 'Bearer b3arer' },
    password: 'p4ssw0rd',
  }

  it('keeps its secrets: sealed in the database, dots for readers, nothing on the record', async () => {
    const row = await save({ configuration })
    const shown = readConfiguration(keys, row)
    expect(shown).toMatchObject({
      secret: '••••••',
      headers: { authorization: '••••••' },
      password: '••••••',
    })
    expect(row.target).toBe('https://hooks.example.org/in')
    const [stored] =
      await sql`select channel::text as text, encode(configuration, 'escape') as sealed from channel`
    const [audit] =
      await sql`select details::text as text from audit where subject_id = 'ops' order by id desc limit 1`
    for (const secret of ['sesame-open', 'b3arer', 'p4ssw0rd'])
      for (const text of [stored?.text, stored?.sealed, audit?.text]) expect(text).not.toContain(secret)
    // What a form sends back keeps them, what it changes changes.
    const saved = await save({
      configuration: { ...shown, headers: { authorization: '••••••', 'x-new': 'n' }, password: 'new-one' },
    })
    expect(Object.keys(readConfiguration(keys, saved).headers as object)).toEqual(['authorization', 'x-new'])
    expect(openConfiguration(keys, saved).fields).toMatchObject({
      secret: 'sesame-open',
      headers: { authorization: 'Bearer b3arer', 'x-new': 'n' },
      password: 'new-one',
    })
  })

  it.each([
    [{ name: 'No Good' }, 'small letters'],
    [{ strategy: 'sometimes' }, 'strategy must be one of'],
    [{ configuration: { url: 'ftp://x.test' } }, 'url'],
    [{ configuration: { url: 'https://{{.task_id}}/in' } }, 'url'],
    [{ configuration: { url: 'https://x.test:8{{.task_id}}/in' } }, 'behind the host'],
    [{ configuration: { url: 'https://x.test/{{.task_id' } }, 'url'],
    [{ configuration: { url: 'https://x.test', secret: 'short' } }, 'secret'],
    [{ configuration: { url: 'https://x.test', body_template: '{{ .a' } }, 'body_template'],
    [{ configuration: { url: 'https://x.test', colour: 'blue' } }, 'colour'],
    [{ kind: 'email' as const, configuration: { to: [] } }, 'smtp_hostname'],
  ])('is refused with %j', async (order, words) => {
    const asked = saveChannel(app, keys, admin, { name: 'ops', kind: 'webhook', configuration, ...order })
    await expect(asked).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(words),
    })
  })

  it('can be tried, whatever its strategy, and its last delivery is known', async () => {
    const { url, seen } = await receiver()
    const row = await save({ strategy: 'silent', configuration: { url } })
    expect(await testChannel(app, engine, admin, 'ops')).toMatchObject({
      event: 'test',
      state: 'delivered',
      taskId: null,
    })
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ notification_type: 'test' })
    expect(await lastDeliveryOf(app, row)).toMatchObject({ event: 'test' })
  })

  it('that is gone or switched off lets what waits for it fail, to be tried when it is back', async () => {
    const { url, seen } = await receiver()
    await save({ enabled: false, configuration: { url } })
    const failed = await testChannel(app, engine, admin, 'ops')
    expect(failed).toMatchObject({ state: 'failed', lastError: 'The channel ops is switched off.' })
    expect(book.channels).toEqual([])
    await save({ enabled: true, configuration: { url } })
    expect(await retryDelivery(app, engine, admin, failed.id)).toMatchObject({ state: 'delivered' })
    expect(seen).toHaveLength(1)
  })

  it('is for those who may manage channels', async () => {
    const viewer = { ...admin, permissions: new Set(['task.view_all' as const]), roles: [] }
    for (const asked of [
      listChannels(app, viewer),
      listDeliveries(app, viewer, {}, { size: 1 }),
      testChannel(app, engine, viewer, 'ops'),
    ])
      await expect(asked).rejects.toMatchObject({ code: 'forbidden' })
  })
})

it('the log of deliveries is walked page by page and narrowed', async () => {
  const { url } = await receiver()
  await save({ configuration: { url } })
  for (let i = 0; i < 3; i++) await testChannel(app, engine, admin, 'ops')
  const first = await listDeliveries(app, admin, { channel: 'ops' }, { size: 2 })
  expect(first).toHaveLength(3)
  const rest = await listDeliveries(app, admin, { channel: 'ops' }, { from: first[1]?.id, size: 2 })
  expect(rest[0]?.id).toBe(first[2]?.id)
  expect(await listDeliveries(app, admin, { channel: 'other' }, { size: 2 })).toEqual([])
  expect(await listDeliveries(app, admin, { channel: 'ops', states: ['waiting'] }, { size: 2 })).toEqual([])
})
