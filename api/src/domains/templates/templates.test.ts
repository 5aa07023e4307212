import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ActionRegistry } from '../../engine/action.ts'
import { testDatabase } from '../../testing/database.ts'
import { actorOf } from '../../testing/world.ts'
import { listAudit } from '../audit/store.ts'
import { templateCheck } from './check.ts'
import { type LoadedFolders, loadFolders } from './folder.ts'
import { listTemplates, readTemplate, TemplateDefinitions, templateToStart } from './read.ts'
import { saveTemplate, setTemplateBlocked } from './save.ts'

const { app, sql } = await testDatabase()
const admin = actorOf('ann', ['admin'])
const operator = actorOf('oscar', ['operator'])
const viewer = actorOf('vera', ['viewer'])
const registry = new ActionRegistry().add({
  type: 'echo',
  description: 'Says what it is told.',
  configuration: { type: 'object' },
  idempotent: true,
  run: () => ({}),
})
const check = templateCheck(registry)

let folder: string
beforeEach(async () => {
  await sql`truncate template`
  folder = await mkdtemp(join(tmpdir(), 'stint-templates-'))
})
const made: string[] = []
afterAll(async () => {
  for (const each of made) await rm(each, { recursive: true, force: true })
})

function textOf(name: string, more = ''): string {
  return `name: ${name}\ndescription: About ${name}\ntitle_format: Do ${name}\nsteps: {only: {action: {type: echo}}}\n${more}`
}

async function write(file: string, text: string): Promise<void> {
  made.push(folder)
  await writeFile(join(folder, file), text)
}

const load = (): Promise<LoadedFolders> => loadFolders(app, check, [{ path: folder, source: 'folder' }])
const versions = async (name: string) => {
  const rows = await sql<{ version: number; isLatest: boolean; source: string; blocked: boolean }[]>`
    select version, is_latest, source, blocked from template where name = ${name} order by version
  `
  return rows.map(
    (row) => `${row.version} ${row.source}${row.isLatest ? ' latest' : ''}${row.blocked ? ' blocked' : ''}`,
  )
}
const codeOf = (code: string) => expect.objectContaining({ code })

test('a folder is loaded once; only a changed file becomes a new version', async () => {
  await write('one.yaml', textOf('One'))
  await write('two.yaml', textOf('two'))
  await write('not-this.yml', textOf('three'))
  expect(await load()).toMatchObject({ added: ['one', 'two'], changed: [], faulty: [] })
  expect(await load()).toMatchObject({ added: [], changed: [], unchanged: ['one', 'two'] })
  await write('two.yaml', textOf('two', 'hidden: true\n'))
  expect(await load()).toMatchObject({ changed: ['two'], unchanged: ['one'] })
  expect(await versions('two')).toEqual(['1 folder', '2 folder latest'])
})

test('names keep the order in which they were written, as the fields of a form do', async () => {
  const names = ['zulu', 'by', 'alpha', 'a', 'zulus']
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  const steps = { only: { action: { type: 'echo', configuration: { schema: { properties } } } } }
  await write('one.yaml', textOf('one').replace(/^steps:.*$/m, `steps: ${JSON.stringify(steps)}`))
  await load()
  const { definition } = await templateToStart(app, admin, 'one')
  const [step] = definition.steps
  expect(JSON.stringify(step?.action.configuration)).toBe(JSON.stringify({ schema: { properties } }))
})

test('a template whose file is gone is retired and comes back with it', async () => {
  await write('one.yaml', textOf('one'))
  await write('two.yaml', textOf('two'))
  await load()
  await rm(join(folder, 'two.yaml'))
  expect(await load()).toMatchObject({ retired: ['two'] })
  expect(await readTemplate(app, operator, 'two')).toBeUndefined()
  expect((await readTemplate(app, admin, 'two'))?.retiredAt).toBeInstanceOf(Date)
  await expect(templateToStart(app, admin, 'two')).rejects.toEqual(codeOf('template-blocked'))
  expect(await load()).toMatchObject({ retired: [] })
  await write('two.yaml', textOf('two'))
  await load()
  expect(await versions('two')).toEqual(['1 folder latest'])
  expect((await readTemplate(app, operator, 'two'))?.retiredAt).toBeNull()
})

test('a faulty file is named with its place, and nothing else suffers', async () => {
  await write('one.yaml', textOf('one'))
  await write('two.yaml', textOf('two'))
  await load()
  await write('two.yaml', textOf('two', 'stepps: {}\n'))
  await rm(join(folder, 'one.yaml'))
  const loaded = await load()
  expect(loaded.faulty).toMatchObject([
    { path: join(folder, 'two.yaml'), message: expect.stringContaining('Line 5, column 1') },
  ])
  expect(loaded.retired).toEqual([])
  expect(await versions('two')).toEqual(['1 folder latest'])
})

test('a folder that cannot be read retires nothing', async () => {
  await write('one.yaml', textOf('one'))
  await load()
  const loaded = await loadFolders(app, check, [{ path: join(folder, 'nowhere'), source: 'folder' }])
  expect(loaded.faulty).toHaveLength(1)
  expect(loaded.retired).toEqual([])
})

test('a later folder wins over an earlier one', async () => {
  await write('one.yaml', textOf('one'))
  const first = folder
  folder = await mkdtemp(join(tmpdir(), 'stint-templates-'))
  await write('mine.yaml', textOf('one', 'priority: 5\n'))
  await loadFolders(app, check, [
    { path: first, source: 'shipped' },
    { path: folder, source: 'folder' },
  ])
  expect((await readTemplate(app, viewer, 'one'))?.definition.priority).toBe(5)
})

test('ten processes that start at once make one version', async () => {
  await write('one.yaml', textOf('one'))
  await Promise.all(Array.from({ length: 10 }, load))
  expect(await versions('one')).toEqual(['1 folder latest'])
})

test('a saved template is a new version; the same text again is not', async () => {
  const first = await saveTemplate(app, check, admin, textOf('one'))
  const again = await saveTemplate(app, check, admin, textOf('one'))
  const second = await saveTemplate(app, check, admin, textOf('one', 'priority: 1\n'))
  expect([first.isNewVersion, again.isNewVersion, second.isNewVersion]).toEqual([true, false, true])
  expect(again.template.id).toBe(first.template.id)
  expect(await versions('one')).toEqual(['1 saved', '2 saved latest'])
  const [entry] = await listAudit(sql, { subjectType: 'template', subjectId: 'one' }, null, 1)
  expect(entry).toMatchObject({ action: 'template.save', actorName: 'ann', details: { version: 2 } })
})

test('saving over a file lasts until the file changes', async () => {
  await write('one.yaml', textOf('one'))
  await load()
  await saveTemplate(app, check, admin, textOf('one', 'priority: 1\n'))
  expect(await load()).toMatchObject({ unchanged: ['one'] })
  expect(await versions('one')).toEqual(['1 folder', '2 saved latest'])
  await write('one.yaml', textOf('one', 'priority: 2\n'))
  await load()
  expect(await versions('one')).toEqual(['1 folder', '2 saved', '3 folder latest'])
})

test('a faulty text is refused with its findings, and nothing is written', async () => {
  await expect(saveTemplate(app, check, admin, textOf('one', 'stepps: {}\n'))).rejects.toMatchObject({
    code: 'invalid-template',
    details: { findings: [{ line: 5, column: 1, code: 'unknown-key' }] },
  })
  await expect(saveTemplate(app, check, admin, textOf('one', 'tags: {x: "\\0"}\n'))).rejects.toEqual(
    codeOf('invalid-template'),
  )
  expect(await versions('one')).toEqual([])
})

test('only those who manage templates save and block', async () => {
  await expect(saveTemplate(app, check, operator, textOf('one'))).rejects.toEqual(codeOf('forbidden'))
  await expect(saveTemplate(app, check, undefined, textOf('one'))).rejects.toEqual(codeOf('unauthenticated'))
  await expect(setTemplateBlocked(app, operator, 'one', true)).rejects.toEqual(codeOf('forbidden'))
  await expect(setTemplateBlocked(app, admin, 'nope', true)).rejects.toEqual(codeOf('not-found'))
})

test('a block that a person set outlives new versions, one of the text goes with it', async () => {
  await saveTemplate(app, check, admin, textOf('one'))
  await setTemplateBlocked(app, admin, 'one', true)
  await saveTemplate(app, check, admin, textOf('one', 'priority: 1\n'))
  await expect(templateToStart(app, operator, 'one')).rejects.toMatchObject({
    code: 'template-blocked',
    details: { template: 'one' },
  })
  await expect(templateToStart(app, operator, 'one', 1)).rejects.toEqual(codeOf('template-blocked'))
  await setTemplateBlocked(app, admin, 'one', false)
  await saveTemplate(app, check, admin, textOf('one', 'blocked: true\n'))
  await saveTemplate(app, check, admin, textOf('one', 'priority: 2\n'))
  expect((await templateToStart(app, operator, 'one')).version).toBe(4)
  expect((await templateToStart(app, operator, ' ONE ', 1)).version).toBe(1)
})

test('hidden templates are for those who manage them', async () => {
  await saveTemplate(app, check, admin, textOf('one'))
  await saveTemplate(app, check, admin, textOf('secret', 'hidden: true\n'))
  await saveTemplate(app, check, admin, textOf('two'))
  const names = async (actor: typeof admin) =>
    (await listTemplates(app, actor, { size: 10 })).items.map((row) => row.name)
  expect(await names(admin)).toEqual(['one', 'secret', 'two'])
  expect(await names(viewer)).toEqual(['one', 'two'])
  await expect(templateToStart(app, operator, 'secret')).rejects.toEqual(codeOf('not-found'))
  await expect(templateToStart(app, viewer, 'one')).rejects.toEqual(codeOf('forbidden'))
  await expect(listTemplates(app, undefined, { size: 10 })).rejects.toEqual(codeOf('unauthenticated'))
})

test('pages go by name', async () => {
  for (const name of ['aaa', 'bbb', 'ccc']) await saveTemplate(app, check, admin, textOf(name))
  const first = await listTemplates(app, viewer, { size: 2 })
  const second = await listTemplates(app, viewer, { size: 2, after: 'bbb' })
  expect([first.items.map((row) => row.name), first.more]).toEqual([['aaa', 'bbb'], true])
  expect([second.items.map((row) => row.name), second.more]).toEqual([['ccc'], false])
})

test('the engine finds the version that a task started with', async () => {
  const definitions = new TemplateDefinitions(app)
  const { template } = await saveTemplate(app, check, admin, textOf('one'))
  await saveTemplate(app, check, admin, textOf('one', 'priority: 9\n'))
  expect(await definitions.of(template.id)).toMatchObject({ name: 'one', priority: 0 })
  expect(await definitions.of(template.id)).toBe(await definitions.of(template.id))
  await expect(definitions.of('nonsense')).rejects.toEqual(codeOf('not-found'))
})
