import { type Facts, factsOf, type Packages } from './facts.ts'
import { checkFiles, checkTopLevel, checkVersions } from './file-rules.ts'
import { type Finding, type Floors, isSource, listFiles, readText } from './files.ts'
import { checkCycles, checkFloors } from './floor-rules.ts'
import { checkSql, checkWriters, tablesOf } from './sql-rules.ts'

export interface Layout {
  readonly facts: readonly Facts[]
  readonly findings: readonly Finding[]
}

function packagesOf(root: string, paths: readonly string[]): Packages {
  if (!paths.includes('schema/package.json')) return new Map()
  const { name, exports = {} } = JSON.parse(readText(root, 'schema/package.json'))
  const entries = Object.entries(exports as Record<string, string>)
  return new Map(entries.map(([at, target]) => [`${name}${at.slice(1)}`, `schema/${target.slice(2)}`]))
}

/** Reads the whole house under `root` (a git work tree) and holds it against the rules. */
export function checkLayout(root: string): Layout {
  const paths = listFiles(root)
  const floors: Floors = JSON.parse(readText(root, '.ci/floors.json'))
  const packages = packagesOf(root, paths)
  const facts = paths.filter(isSource).map((path) => factsOf(path, readText(root, path), packages))
  const migrations = paths.filter((path) => /^api\/migrations\/.*\.sql$/.test(path))
  const versioned = paths.filter((path) => /(^|\/)(package\.json|pnpm-workspace\.yaml)$/.test(path))
  const findings = [
    ...checkTopLevel(paths, floors),
    ...checkFloors(facts, floors),
    ...checkCycles(facts),
    ...checkFiles(facts, floors),
    ...checkSql(facts, floors),
    ...checkWriters(facts, tablesOf(migrations.map((path) => readText(root, path)))),
    ...versioned.flatMap((path) => checkVersions(path, readText(root, path))),
  ]
  return { facts, findings }
}
