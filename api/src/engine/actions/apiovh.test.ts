import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { runAction } from '../../testing/action.ts'
import { mirror, type SeenRequest, serveHttp } from '../../testing/http.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { apiovhAction } from './apiovh.ts'
import { httpAction } from './http.ts'

const http = httpAction({ outbound: localOutbound(), clock: systemClock })
const withItems = (items: Record<string, unknown>) =>
  apiovhAction({ http, clock: systemClock, item: (name) => items[name] })

it.each([
  [{}, 'there is no configuration item ovh-api'],
  [{ 'ovh-api': { endpoint: 'ovh-eu', app_key: 'k' } }, 'is not complete'],
  [{ 'ovh-api': 'text' }, 'is not complete'],
  [
    { 'ovh-api': { endpoint: 'ovh-mars', app_key: 'k', app_secret: 's', consumer_key: 'c' } },
    'ovh-mars is unknown',
  ],
])('says what it lacks with the items %j', async (items, words) => {
  const { error } = await runAction(withItems(items), { method: 'GET', path: '/me' })
  expect(error).toMatchObject({
    kind: 'client',
    message: expect.stringContaining(`apiovh needs credentials: `),
  })
  expect(error?.message).toContain(words)
})

it('signs its calls when it has credentials', async () => {
  const server = await serveHttp(mirror)
  const credentials = { endpoint: server.url, app_key: 'app', app_secret: 'shh', consumer_key: 'con' }
  const { result, error } = await runAction(withItems({ mine: credentials }), {
    credentials: 'mine',
    method: 'post',
    path: '/domain/x',
    body: '{"a":1}',
  })
  server.close()
  expect(error).toBeUndefined()
  const { headers, method, body } = (result?.output ?? {}) as SeenRequest
  const timestamp = headers['x-ovh-timestamp']
  const text = `shh+con+POST+${server.url}/domain/x+{"a":1}+${timestamp}`
  expect([method, body]).toEqual(['POST', '{"a":1}'])
  expect(headers).toMatchObject({
    'x-ovh-application': 'app',
    'x-ovh-consumer': 'con',
    'x-ovh-signature': `$1$${createHash('sha1').update(text).digest('hex')}`,
  })
  expect(JSON.stringify(headers)).not.toContain('shh')
})
