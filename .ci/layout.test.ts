import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkLayout } from './layout/check.ts'
import { figuresOf } from './layout/figures.ts'

const made: string[] = []

/** A small house that keeps every rule; each test breaks one. */
const sound: Record<string, string> = {
  '.gitignore': '',
  '.node-version': '',
  '.npmrc': '',
  LICENSE: '',
  'README.md': '',
  'biome.json': '{}',
  'knip.json': '{}',
  'pnpm-lock.yaml': '',
  'pnpm-workspace.yaml': 'catalog:\n  yaml: 2.9.1\n  ts7: npm:typescript@7.0.2\n',
  'tsconfig.base.json': '{}',
  '.ci/vitest.config.ts': 'export default {}\n',
  'package.json':
    '{\n  "engines": { "node": ">=20" },\n  "devDependencies": {\n    "yaml": "catalog:"\n  }\n}',
  'schema/package.json': '{ "name": "@stint/schema", "exports": { "./words": "./src/words.ts" } }',
  'schema/src/words.ts': "export const words = ['a']\n",
  'api/migrations/1.sql': 'create table task (id uuid);',
  'api/src/base/clock.ts': 'export const now = () => new Date()\n',
  'api/src/base/config.ts': 'export const port = process.env.PORT\n',
  'api/src/postgres/connect.ts': "import { now } from '../base/clock.ts'\nexport const connect = now\n",
  'api/src/engine/task.ts': "import { words } from '@stint/schema/words'\nexport const first = words[0]\n",
  'api/src/engine/store/task.ts':
    'export const add = (sql: any) => sql`\n-- addTask\ninsert into task (id) values (1)`\n',
  'api/src/testing/world.ts': 'export const world = 1\n',
  'api/src/engine/task.test.ts': "import { world } from '../testing/world.ts'\nworld\n",
  'web/src/kit/Page.tsx': 'export const Page = 1\n',
  'web/src/tasks/TasksPage.tsx': "import { Page } from '../kit/Page.tsx'\nexport const TasksPage = Page\n",
  'web/src/app/routes.tsx': "import { TasksPage } from '../tasks/TasksPage.tsx'\nTasksPage\n",
  'e2e/kit/words.ts': "import { words } from '@stint/schema/words'\nexport const known = words\n",
}

function house(changes: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'stint-layout-'))
  made.push(root)
  for (const [path, text] of Object.entries({ ...sound, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, '.ci'), { recursive: true })
  cpSync(join(import.meta.dirname, 'floors.json'), join(root, '.ci/floors.json'))
  execFileSync('git', ['init', '--quiet'], { cwd: root })
  return root
}

function found(changes: Record<string, string>): string[] {
  return checkLayout(house(changes)).findings.map(({ rule, file, text }) => `${rule} ${file}: ${text}`)
}

afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true, force: true })
})

test('a house that keeps the rules has no findings', () => {
  expect(found({})).toEqual([])
})

const broken: [rule: string, changes: Record<string, string>, finding: string | RegExp][] = [
  ['something new at the top', { 'docs/why.md': '' }, /^top-level docs: /],
  [
    'an import of a higher floor, of types only',
    {
      'api/src/postgres/up.ts':
        "import type { first } from '../engine/task.ts'\nexport type First = typeof first\n",
    },
    /^floors api\/src\/postgres\/up.ts: postgres may not import engine/,
  ],
  [
    'an import of a neighbour',
    {
      'api/src/engine/who.ts': "import('../domains/access/model.ts')\n",
      'api/src/domains/access/model.ts': '',
    },
    /^floors .*engine may not import domains\/access/,
  ],
  [
    'tools of tests in the product',
    { 'api/src/engine/fake.ts': "import { world } from '../testing/world.ts'\nworld\n" },
    /^floors .*testing is for tests/,
  ],
  [
    'a client that reaches into the engine',
    { 'api/src/client/main.ts': "import { first } from '../engine/task.ts'\nfirst\n" },
    /^floors .*client may not import engine/,
  ],
  [
    'an agreement that depends on its users',
    { 'schema/src/up.ts': "import { first } from '../../api/src/engine/task.ts'\nfirst\n" },
    /^floors schema\/src\/up.ts: /,
  ],
  [
    'a page that is used by another feature',
    { 'web/src/hosts/HostPanel.tsx': "import { TasksPage } from '../tasks/TasksPage.tsx'\nTasksPage\n" },
    /^floors .*a page is imported by the routes only/,
  ],
  [
    'a panel of another feature outside of a page',
    {
      'web/src/hosts/Host.tsx': "import { Row } from '../tasks/Row.tsx'\nRow\n",
      'web/src/tasks/Row.tsx': '',
    },
    /^floors .*only pages take panels/,
  ],
  [
    'kit that knows a feature',
    { 'web/src/kit/Row.tsx': "import { Row } from '../tasks/Row.tsx'\nRow\n", 'web/src/tasks/Row.tsx': '' },
    /^floors .*kit knows no feature/,
  ],
  [
    'a circle, of types only',
    {
      'api/src/engine/a.ts': "import type { B } from './b.ts'\nexport type A = B\n",
      'api/src/engine/b.ts': "import type { A } from './a.ts'\nexport type B = A\n",
    },
    'cycles api/src/engine/a.ts: api/src/engine/a.ts → api/src/engine/b.ts → api/src/engine/a.ts',
  ],
  ['an index file', { 'api/src/engine/index.ts': '' }, /^index api/],
  ['a default export', { 'api/src/engine/b.ts': 'export default 1\n' }, /^exports .*no default export/],
  [
    'a re-export',
    { 'api/src/engine/b.ts': "export { first } from './task.ts'\n" },
    /^exports .*no re-export/,
  ],
  [
    'a re-export in two steps',
    { 'api/src/engine/b.ts': "import { first } from './task.ts'\nexport { first }\n" },
    /^exports .*no re-export/,
  ],
  ['a bin for everything', { 'api/src/engine/utils.ts': '' }, /^names /],
  [
    'the environment elsewhere',
    { 'api/src/engine/b.ts': 'export const x = process.env.X\n' },
    /^environment /,
  ],
  ['the time elsewhere', { 'api/src/engine/b.ts': 'export const x = Date.now()\n' }, /^clock /],
  ['the date elsewhere', { 'api/src/engine/b.ts': 'export const x = new Date()\n' }, /^clock /],
  [
    'a connection of its own',
    { 'api/src/engine/b.ts': "import { Agent } from 'undici'\nAgent\n" },
    /^outbound /,
  ],
  ['fetch', { 'api/src/engine/b.ts': "export const x = () => fetch('http://a')\n" }, /^outbound /],
  [
    'a range in package.json',
    { 'api/package.json': '{\n  "yaml": "^2.9.1"\n}' },
    /^versions api\/package.json: /,
  ],
  [
    'a range in the catalogue',
    { 'pnpm-workspace.yaml': 'catalog:\n  yaml: ~2.9.1\n' },
    /^versions pnpm-workspace/,
  ],
  ['a file of 601 lines', { 'api/src/engine/b.ts': '\n'.repeat(601) }, /^length .*601 lines; 600 at most/],
  [
    'a file of 401 lines without a reason',
    { 'api/src/engine/b.ts': '\n'.repeat(401) },
    /^length .*must say why/,
  ],
  [
    'a statement outside of a store',
    { 'api/src/engine/b.ts': "export const x = 'select id from task'\n" },
    /^sql .*store files only/,
  ],
  [
    'a part of a statement outside of a store',
    { 'api/src/engine/b.ts': 'export const x = (sql: any) => sql`and id = 1`\n' },
    /^sql .*store files only/,
  ],
  [
    'a statement without a name',
    { 'api/src/engine/store/b.ts': 'export const x = (sql: any) => sql`select id from task`\n' },
    /^sql .*its name in a comment/,
  ],
  [
    'a statement that shouts',
    { 'api/src/engine/store/b.ts': 'export const x = (sql: any) => sql`-- all\nSELECT id FROM task`\n' },
    /^sql .*lower case/,
  ],
  [
    'a table with two writers',
    {
      'api/src/domains/tasks/store.ts':
        'export const x = (sql: any) => sql`-- end\nupdate task set id = 1`\n',
    },
    /^writers .*table task is written by domains\/tasks and engine/,
  ],
]

test.each(broken)('%s turns red', (_, changes, finding) => {
  const findings = found(changes)
  expect(findings).toEqual([typeof finding === 'string' ? finding : expect.stringMatching(finding)])
})

test('the figures name the longest function', () => {
  const long = `export function endless() {\n${'  now\n'.repeat(90)}}\n`
  const { facts } = checkLayout(house({ 'api/src/engine/b.ts': long }))
  const figures = new Map(figuresOf(facts).map(([name, value]) => [name, value]))
  expect(figures.get('the longest function')).toBe('endless (api/src/engine/b.ts:1)')
  expect(figures.get('function lines, median / p90 / max')).toMatch(/\/ 92$/)
})
