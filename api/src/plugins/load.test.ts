import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPlugins, PluginError } from './load.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stint-plugins-'))
})
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
/** A folder of its own with these files. */
function folder(files: Record<string, string>): string {
  const path = join(root, String(count++))
  mkdirSync(path)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

const action = (type: string, more = '') =>
  `import { defineAction } from 'stint/plugin'
   export const one = defineAction({ type: '${type}', description: 'Does.', configuration: { type: 'object' }, idempotent: true, run: () => ({}), ${more} })`

describe('a plug-ins folder', () => {
  it('is read file by file, in TypeScript, without its tests', async () => {
    const path = folder({
      'b.ts': `${action('beta')}\nconst typed: number = 1\nexport default typed`,
      'A_side.mts': action('alpha'),
      'a.test.ts': 'throw new Error("a test is no plug-in")',
      'types.d.ts': 'export type X = 1',
      'notes.md': 'nothing',
    })
    const plugins = await loadPlugins([path])
    expect(plugins.map(({ name, actions }) => [name, actions?.map(({ type }) => type)])).toEqual([
      ['a-side', ['alpha']],
      ['b', ['beta']],
    ])
    expect(plugins[0]?.file).toBe(join(path, 'A_side.mts'))
  })

  it.each([
    ['export const x: = 1', 'cannot be loaded'],
    ["import 'not-there'", 'not-there'],
    ['throw new Error("no licence")', 'no licence'],
    ['export const x = 1', 'exports nothing that was made with'],
    [action('Bad Type'), 'type must be a word'],
    [action('a', "description: ''"), 'description must be given'],
    [action('a', "configuration: { type: 'objekt' }"), 'configuration is no JSON Schema'],
    [
      action('a', "configuration: { type: 'object', required: ['x'] }, example: {}"),
      'example does not fit configuration',
    ],
    [action('a', 'run: 5'), 'run must be a function'],
    [
      "import { definePlugin } from 'stint/plugin'\nexport const p = definePlugin({ nmae: 'x', actions: [] })",
      'unknown parts: nmae',
    ],
    [
      "import { definePlugin } from 'stint/plugin'\nexport const p = definePlugin({ routes: [{ method: 'GET', path: '/x', access: 'everybody', handle() {} }] })",
      'route GET /x: access must be',
    ],
  ])('with %j is refused with its file', async (text, words) => {
    const path = folder({ 'broken.ts': text })
    const loading = loadPlugins([path])
    await expect(loading).rejects.toThrow(PluginError)
    await expect(loading).rejects.toThrow(words)
    await expect(loading).rejects.toThrow(join(path, 'broken.ts'))
  })

  it('that is not there, or has a name twice, is refused', async () => {
    await expect(loadPlugins([join(root, 'none')])).rejects.toThrow('none cannot be read')
    const [one, two] = [folder({ 'x.ts': action('x') }), folder({ 'x.ts': action('y') })]
    await expect(loadPlugins([one, two])).rejects.toThrow('are both the plug-in x')
  })
})
