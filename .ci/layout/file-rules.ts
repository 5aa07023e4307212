import { basename } from 'node:path'
import type { Facts } from './facts.ts'
import { type Finding, type Floors, isTest, matches } from './files.ts'

const linesMax = 600
const linesAim = 400
const emptyNames = /(^|\/)(utils?|helpers?|common|misc|shared|lib|stuff|manager)(\/|\.|$)/i
const outsideModules = /^(undici|(node:)?(net|http|https|http2|tls|dns|dgram)(\/promises)?)$/

function at(rule: string, file: string, lines: readonly number[], text: string): Finding[] {
  return lines.map((line) => ({ rule, file, line, text }))
}

function isConfig(path: string): boolean {
  return /\.config\.(ts|mjs)$/.test(path)
}

function isProduct(path: string): boolean {
  return (path.startsWith('api/src/') && !path.startsWith('api/src/testing/')) || path.startsWith('schema/')
}

function checkShape(facts: Facts): Finding[] {
  const { path } = facts
  const index = /^index\.tsx?$/.test(basename(path)) ? [1] : []
  const defaults = isConfig(path) ? [] : facts.defaultExports
  return [
    ...at('index', path, index, 'no index files: a folder is read file by file'),
    ...at('exports', path, defaults, 'no default export: a thing has one name'),
    ...at('exports', path, facts.reExports, 'no re-export: import from where it is made'),
    ...at('names', path, emptyNames.test(path) ? [1] : [], 'a name that says nothing about what is inside'),
  ]
}

function checkLength({ path, lines }: Facts, { longFiles }: Floors): Finding[] {
  if (lines > linesMax) return at('length', path, [lines], `${lines} lines; ${linesMax} at most`)
  if (lines > linesAim && longFiles[path] === undefined) {
    return at('length', path, [lines], `${lines} lines; above ${linesAim} floors.json must say why`)
  }
  return []
}

function checkSurroundings(facts: Facts, floors: Floors): Finding[] {
  const { path } = facts
  if (isTest(path) || !isProduct(path)) return []
  const environment = matches(path, floors.environmentFiles) ? [] : facts.environment
  const clock = matches(path, floors.clockFiles) ? [] : facts.clock
  const connecting = facts.imports.filter((each) => !each.typeOnly && outsideModules.test(each.specifier))
  const modules = connecting.map(({ line }) => line)
  const outbound = matches(path, floors.outboundFiles) ? [] : [...modules, ...facts.fetches]
  return [
    ...at('environment', path, environment, 'the environment is read in base/config.ts only'),
    ...at('clock', path, clock, 'the time is read in base/clock.ts only'),
    ...at('outbound', path, outbound, 'connections are made through base/outbound.ts'),
  ]
}

/** Rules that look at one file at a time. */
export function checkFiles(all: readonly Facts[], floors: Floors): Finding[] {
  return all.flatMap((facts) => [
    ...checkShape(facts),
    ...checkLength(facts, floors),
    ...checkSurroundings(facts, floors),
  ])
}

/** `ls` answers "what is this?": nothing stands at the top but what was agreed. */
export function checkTopLevel(paths: readonly string[], { topLevel }: Floors): Finding[] {
  const found = new Set(paths.map((path) => path.split('/')[0] ?? ''))
  const extra = [...found].filter((name) => !topLevel.includes(name))
  const missing = topLevel.filter((name) => !found.has(name))
  return [
    ...extra.map((file) => ({ rule: 'top-level', file, text: 'is not agreed to stand at the top' })),
    ...missing.map((file) => ({
      rule: 'top-level',
      file,
      text: 'is agreed to stand at the top and is missing',
    })),
  ]
}

const rangePattern = /^\s*['"]?[@\w./-]+['"]?\s*:\s*['"]?(npm:[^'"\s]+@)?[\^~><*]/

/** Versions are exact in the catalogue and nowhere else. */
export function checkVersions(file: string, text: string): Finding[] {
  return text.split('\n').flatMap((content, index) => {
    const inPackage = file.endsWith('package.json') && !/"(node|engines)"/.test(content)
    const isRange = rangePattern.test(content) && (inPackage || file.endsWith('pnpm-workspace.yaml'))
    return isRange ? [{ rule: 'versions', file, line: index + 1, text: `a range: ${content.trim()}` }] : []
  })
}
