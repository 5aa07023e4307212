import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ActionRegistry } from '../../engine/action.ts'
import { echoAction } from '../../engine/actions/echo.ts'
import { testDatabase } from '../../testing/database.ts'
import { actorOf } from '../../testing/world.ts'
import { loadFunctions } from '../functions/folder.ts'
import { KnownFunctions } from '../functions/read.ts'
import { checkOptionsOf, templateCheck } from './check.ts'
import { loadFolders } from './folder.ts'
import { listFunctions, readFunction } from './functions.ts'
import { readTemplate, TemplateDefinitions } from './read.ts'
import { renewTemplates } from './renew.ts'
import { saveTemplate } from './save.ts'

const { app, sql } = await testDatabase()
const ann = actorOf('ann', ['admin'])
const registry = new ActionRegistry().add(echoAction)
const known = new KnownFunctions(app)
const check = templateCheck(registry, { functions: () => known.now() })
const made: string[] = []
let folder: string

beforeEach(async () => {
  await sql`truncate template, template_function`
  known.forget()
  folder = await mkdtemp(join(tmpdir(), 'stint-functions-'))
  made.push(folder)
})
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))))

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true })
  await writeFile(join(folder, file), text)
}

async function load() {
  const loaded = await loadFunctions(app, [{ path: join(folder, 'functions') }], checkOptionsOf(registry))
  known.forget()
  return loaded
}
const loadTemplates = () => loadFolders(app, check, [{ path: join(folder, 'templates'), source: 'folder' }])

const greet = (word = 'hello', extra = '') =>
  `name: greet\ndescription: Greets.\naction: {type: echo, configuration: {output: '${word} {{.function_args.who}}'}}\n${extra}`
const politely =
  'name: politely\ndescription: Greets with a title.\naction: {type: greet, configuration: {who: "Dr {{.function_args.who}}"}}\n'
const template = (name: string, call: string) =>
  `name: ${name}\ndescription: About ${name}\ntitle_format: Do ${name}\nsteps: {only: {action: {type: ${call}, configuration: {${call === 'echo' ? 'output' : 'who'}: ada}}}}\n`

test('functions are read from the folder and all below it, in any order of their calls', async () => {
  await write('functions/a/politely.yaml', politely)
  await write('functions/z/deep/greet.yaml', greet())
  await write('functions/.hidden.yaml', 'no: function')
  await write('functions/notes.yml', 'no: function')
  expect(await load()).toEqual({ added: ['politely', 'greet'], changed: [], retired: [], faulty: [] })
  const list = await listFunctions(app, ann)
  expect(list.map(({ name, version, source }) => `${name} ${version} ${source}`)).toEqual([
    'greet 1 z/deep/greet.yaml',
    'politely 1 a/politely.yaml',
  ])
  expect(list[0]?.definition.arguments).toEqual(['who'])
  await expect(listFunctions(app, actorOf('nobody', []))).rejects.toThrow(/template\.view/)
})

test('what cannot be used is told with its place, with those that call it; what was stored before stays', async () => {
  await write('functions/greet.yaml', greet())
  await write('functions/politely.yaml', politely)
  await load()
  await write('functions/greet.yaml', greet('hello', 'steps: {}\n'))
  await write('functions/twice.yaml', politely)
  await write('functions/echo.yaml', greet().replace('greet', 'echo'))
  await write('functions/round.yaml', 'name: round\naction: {type: about, configuration: {}}\n')
  await write('functions/about.yaml', 'name: about\naction: {type: round, configuration: {}}\n')
  const { faulty, added, changed, retired } = await load()
  expect([added, changed, retired]).toEqual([[], [], []])
  const codes = faulty.map(({ path, findings }) => [
    path.slice(folder.length + 11),
    ...findings.filter(({ severity }) => severity === 'error').map(({ code, line }) => `${code} ${line}`),
  ])
  expect(Object.fromEntries(codes.map(([path, ...rest]) => [path, rest]))).toMatchObject({
    'greet.yaml': ['unknown-key 4'],
    'politely.yaml': ['unknown-action 3'],
    'twice.yaml': ['duplicate-name 1'],
    'echo.yaml': ['cycle 3'],
    'about.yaml': ['cycle 2'],
    'round.yaml': ['cycle 2'],
  })
  expect((await listFunctions(app, ann)).map(({ name }) => name)).toEqual(['greet', 'politely'])
})

test('a function whose file is gone is retired, and comes back with it', async () => {
  await write('functions/greet.yaml', greet())
  await load()
  await rm(join(folder, 'functions/greet.yaml'))
  expect(await load()).toMatchObject({ retired: ['greet'] })
  expect(await readFunction(app, ann, 'greet')).toBeUndefined()
  await write('functions/greet.yaml', greet())
  expect(await load()).toMatchObject({ added: [], changed: [] })
  expect(await readFunction(app, ann, 'greet')).toMatchObject({ version: 1 })
})

test('a changed function makes new versions of the templates that call it, and of no others', async () => {
  await write('functions/greet.yaml', greet())
  await write('functions/politely.yaml', politely)
  await write('templates/direct.yaml', template('direct', 'greet'))
  await write('templates/through.yaml', template('through', 'politely'))
  await write('templates/without.yaml', template('without', 'echo'))
  await load()
  await loadTemplates()
  const { template: saved } = await saveTemplate(app, check, ann, template('own', 'greet'))
  expect((await readFunction(app, ann, 'greet'))?.usedBy).toEqual(['direct', 'own', 'through'])
  expect(await renewTemplates(app, check)).toEqual({ renewed: [], faulty: [] })

  await write('functions/greet.yaml', greet('good day'))
  expect(await load()).toMatchObject({ changed: ['greet'] })
  expect(await loadTemplates()).toMatchObject({ added: [], changed: [] })
  expect(await renewTemplates(app, check)).toEqual({ renewed: ['direct', 'own', 'through'], faulty: [] })
  expect(await renewTemplates(app, check)).toEqual({ renewed: [], faulty: [] })
  const through = await readTemplate(app, ann, 'through')
  expect(through).toMatchObject({ version: 2, source: 'folder', createdBy: 'functions' })
  expect(JSON.stringify(through?.definition.functions)).toContain('good day')
  const definitions = new TemplateDefinitions(app)
  expect(JSON.stringify(await definitions.of(saved.id))).toContain('hello')
  expect(await loadTemplates()).toMatchObject({ added: [], changed: [], retired: [] })
  expect((await readTemplate(app, ann, 'without'))?.version).toBe(1)
})

test('a template that does not fit its changed function any more keeps its last version, and says so', async () => {
  await write('functions/greet.yaml', greet())
  await write('templates/direct.yaml', template('direct', 'greet'))
  await load()
  await loadTemplates()
  await write('functions/greet.yaml', greet('{{.function_args.salutation}}'))
  await load()
  const { renewed, faulty } = await renewTemplates(app, check)
  expect(renewed).toEqual([])
  expect(faulty).toMatchObject([{ path: 'direct', findings: [{ code: 'missing-argument', line: 4 }] }])
  expect((await readTemplate(app, ann, 'direct'))?.version).toBe(1)
})
