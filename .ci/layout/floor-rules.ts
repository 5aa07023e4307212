import type { Facts } from './facts.ts'
import { type Finding, type Floors, isTest, matches } from './files.ts'

/** `engine`, `domains/tasks`, `base` … for a file of api; `schema`, `web/kit`, `e2e` … for the others. */
export function unitOf(path: string): string {
  const parts = path.split('/')
  if (parts[0] === 'schema') return 'schema'
  if (parts[0] === 'web') return `web/${parts[2] ?? ''}`
  if (parts[0] !== 'api' || parts[1] !== 'src') return parts.slice(0, -1).join('/')
  return parts[2] === 'domains' ? `domains/${parts[3]}` : (parts[2] ?? '')
}

function floorOf(unit: string, { floors }: Floors): number {
  return floors.findIndex((units) => units.includes(unit))
}

function maySeeInApi(from: string, to: string, floors: Floors): boolean {
  if (from === to || to === 'schema') return true
  const beside = floors.beside[from]
  if (beside !== undefined) return matches(to, beside)
  const [fromFloor, toFloor] = [floorOf(from, floors), floorOf(to, floors)]
  if (fromFloor < 0 || toFloor < 0) return false
  return toFloor < fromFloor || (floors.neighbours[from] ?? []).includes(to)
}

function checkApi(facts: Facts, floors: Floors): Finding[] {
  const from = unitOf(facts.path)
  return facts.imports.flatMap(({ path, line }) => {
    if (path === undefined) return []
    const to = unitOf(path)
    if (to === 'testing' && from !== 'testing' && !matches(facts.path, floors.mayUseTesting)) {
      return [{ rule: 'floors', file: facts.path, line, text: `testing is for tests; ${path} is imported` }]
    }
    // A test may build its world with the tools of testing, which stand higher.
    if (to === 'testing' || maySeeInApi(from, to, floors)) return []
    return [{ rule: 'floors', file: facts.path, line, text: `${from} may not import ${to} (${path})` }]
  })
}

function isPage(path: string): boolean {
  return /Page\.tsx$/.test(path) && !path.startsWith('web/src/kit/')
}

function maySeeInWeb(from: string, path: string, { web }: Floors): string | undefined {
  const [ours, theirs] = [unitOf(from).slice(4), unitOf(path).slice(4)]
  const isRoof = web.roof.includes(ours)
  if (isPage(path) && !isRoof && !isTest(from)) return 'a page is imported by the routes only'
  if (ours === theirs || isRoof || web.ground.includes(theirs)) {
    return web.ground.includes(ours) && ours === 'client' && theirs === 'kit'
      ? 'client may not import kit'
      : undefined
  }
  if (web.roof.includes(theirs)) return `${ours} may not import the roof`
  if (web.ground.includes(ours)) return `${ours} knows no feature`
  return isPage(from) ? undefined : `only pages take panels of other features; ${theirs} is one`
}

function checkWeb(facts: Facts, floors: Floors): Finding[] {
  return facts.imports.flatMap(({ path, line }) => {
    if (path === undefined || path.startsWith('schema/') || path.endsWith('.d.ts')) return []
    const reason = path.startsWith('web/')
      ? maySeeInWeb(facts.path, path, floors)
      : `web may not import ${path}`
    return reason === undefined
      ? []
      : [{ rule: 'floors', file: facts.path, line, text: `${reason} (${path})` }]
  })
}

function checkRoom(facts: Facts, rooms: readonly string[]): Finding[] {
  return facts.imports.flatMap(({ path, line }) => {
    if (path === undefined || rooms.some((room) => path.startsWith(`${room}/`))) return []
    return [
      { rule: 'floors', file: facts.path, line, text: `${path} is outside of what this room may import` },
    ]
  })
}

/** Who may import whom, types included. */
export function checkFloors(all: readonly Facts[], floors: Floors): Finding[] {
  return all.flatMap((facts) => {
    if (facts.path.startsWith('api/src/')) return checkApi(facts, floors)
    if (facts.path.startsWith('web/src/')) return checkWeb(facts, floors)
    if (facts.path.startsWith('schema/')) return checkRoom(facts, ['schema'])
    if (facts.path.startsWith('e2e/')) return checkRoom(facts, ['e2e', 'schema'])
    if (facts.path.startsWith('.ci/')) return checkRoom(facts, ['.ci'])
    return []
  })
}

/** One finding for each circle of files; the way round is told. */
export function checkCycles(all: readonly Facts[]): Finding[] {
  const byPath = new Map(all.map((facts) => [facts.path, facts]))
  const done = new Set<string>()
  const way: string[] = []
  const findings: Finding[] = []
  const visit = (path: string): void => {
    const at = way.indexOf(path)
    if (at >= 0) {
      const circle = [...way.slice(at), path]
      findings.push({ rule: 'cycles', file: path, text: circle.join(' → ') })
      return
    }
    if (done.has(path)) return
    way.push(path)
    for (const each of byPath.get(path)?.imports ?? []) if (each.path !== undefined) visit(each.path)
    way.pop()
    done.add(path)
  }
  for (const { path } of all) visit(path)
  return findings
}
