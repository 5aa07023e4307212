import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkTemplate } from '@stint/schema/template'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { Masker, maskText, SharedSecrets } from '../../engine/run/mask.ts'
import { renderText } from '../../engine/values/template.ts'
import { testConfiguration } from '../../testing/configuration.ts'
import { actorOf } from '../../testing/world.ts'
import { AllowList, secretsIn } from './model.ts'
import { itemValue } from './parse.ts'
import { listItems } from './read.ts'

let folder: string
const made: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stint-configuration-'))
  made.push(folder)
})
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))))

const write = (file: string, text: string) => writeFile(join(folder, file), text)

test('the text of an item is JSON or YAML where it is a structure, otherwise as it stands', () => {
  expect(itemValue('{"a": [1, true]}', 'structured')).toEqual({ a: [1, true] })
  expect(itemValue('user: ada\npin: 4711\n', 'any')).toEqual({ user: 'ada', pin: 4711 })
  expect(itemValue('12345678901234567890', 'any')).toBe('12345678901234567890')
  const key = '-----BEGIN KEY-----\nab cd\nef\n-----END KEY-----\n'
  expect(itemValue(key, 'any')).toBe(key.slice(0, -1))
  expect(itemValue('a: [', 'any')).toBe('a: [')
  expect(() => itemValue('pass: [tops3cret', 'structured')).toThrow(/^it is neither JSON nor YAML \(at/)
})

test('every spelling of a name finds its item, as in µTask', async () => {
  await write('My_Service.yaml', 'url: https://one.example')
  const items = testConfiguration({ folder, environment: { REGION_NAME: 'west' } })
  await items.refresh()
  const render = (text: string) => renderText(text, { config: items.values }, { strict: true })
  expect(render('{{.config.my_service.url}}')).toBe('https://one.example')
  expect(render('{{index .config "MY-SERVICE" "url"}} {{field "config" "my-service" "url"}}')).toBe(
    'https://one.example https://one.example',
  )
  expect(render('{{.config.region_name}} {{.config.stint.url}}')).toBe('west http://stint.example')
  expect(JSON.parse(render('{{.config | toJson}}'))).toEqual({
    'my-service': { url: 'https://one.example' },
    'region-name': 'west',
    stint: { url: 'http://stint.example' },
  })
})

test('templates read nothing that is not listed, and cannot write', async () => {
  let allowed: string[] = []
  const items = testConfiguration({
    folder,
    environment: { TOKEN: 'tops3cret', site_a: 'one', site_b: 'two' },
    allowed: () => allowed,
  })
  await items.refresh()
  expect(Object.keys(items.values)).toEqual(['stint'])
  expect(items.values.token).toBeUndefined()
  expect('constructor' in items.values || '__proto__' in items.values).toBe(false)
  allowed = ['site-*']
  expect(Object.keys(items.values)).toEqual(['site-a', 'site-b', 'stint'])
  await write('.allow', '# what the reports need\nToken\n')
  await items.refresh()
  expect(items.values.token).toBe('tops3cret')
  expect(() => Object.assign(items.values, { token: 'other' })).toThrow(TypeError)
  expect(new AllowList(['a.b']).allows('axb')).toBe(false)
})

test('a change reaches templates without a restart; what cannot be read any more keeps its value', async () => {
  await write('site.json', '{"name": "paris"}')
  await write('gone', 'x')
  const items = testConfiguration({ folder })
  await items.start()
  expect(items.values.site).toEqual({ name: 'paris' })
  await write('new.json', '{"name": "rome"}')
  await rename(join(folder, 'new.json'), join(folder, 'site.json'))
  await unlink(join(folder, 'gone'))
  await expect.poll(() => items.values.site, { timeout: 20_000 }).toEqual({ name: 'rome' })
  expect(items.values.gone).toBeUndefined()
  await write('site.json', '{"name": ')
  await items.refresh()
  expect(items.values.site).toEqual({ name: 'rome' })
  await items.stop()
})

test('the environment wins over files, files over plug-ins; a plug-in that fails hides nothing', async () => {
  await write('a', 'file')
  await write('b', 'file')
  const items = testConfiguration({ folder, environment: { A: 'environment' } })
  await items.addSource({
    name: 'vault',
    read: async () => ({ b: { value: 'vault' }, c: { value: { deep: 'vault' } } }),
  })
  await items.addSource({ name: 'broken', read: () => Promise.reject(new Error('no')) })
  expect([items.values.a, items.values.b, items.values.c]).toEqual(['environment', 'file', { deep: 'vault' }])
  expect(items.all().map(({ name, source }) => `${name} ${source}`)).toEqual([
    'a environment',
    'b file',
    'c vault',
  ])
})

test('every value is told as a secret, allowed or not, also deep inside', async () => {
  const secrets = new SharedSecrets()
  const masker = new Masker([], secrets)
  const items = testConfiguration({
    environment: { db: '{"password": "tops3cret", "port": 54321, "tls": true, "hosts": ["db1.example"]}' },
    allowed: () => [],
    secrets,
  })
  await items.refresh()
  expect(masker.maskDeep({ a: 'tops3cret', b: 54321, c: ['to db1.example'], d: 'true' })).toEqual({
    a: maskText,
    b: maskText,
    c: [`to ${maskText}`],
    d: 'true',
  })
  expect(secretsIn({ a: 'true', b: null, c: '' })).toEqual([])
})

test('the list names items, never values, and only to those who may see settings', async () => {
  await write('site.json', '{"name": "paris"}')
  const items = testConfiguration({ folder, allowed: () => [] })
  await items.refresh()
  const list = listItems(items, actorOf('ann', ['admin']))
  expect(list).toEqual([{ name: 'site', source: 'file', allowed: false, updatedAt: expect.any(Date) }])
  expect(() => listItems(items, actorOf('vera', ['viewer']))).toThrow(/setting\.view/)
})

test('the checker warns of items that templates cannot read', () => {
  const text = (item: string) =>
    `name: one\ndescription: one\ntitle_format: '{{.config.${item}}}'\nsteps: {}\n`
  const configItems = new Set(['my-site'])
  expect(checkTemplate(text('My_Site'), { configItems }).findings).toEqual([])
  expect(checkTemplate(text('my_side'), { configItems }).findings).toMatchObject([
    { code: 'unknown-config', severity: 'warning', line: 3 },
  ])
})
