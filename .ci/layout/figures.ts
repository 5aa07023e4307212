import type { Facts } from './facts.ts'
import { isTest } from './files.ts'
import { unitOf } from './floor-rules.ts'

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5)} / ${quantile(values, 0.9)} / ${Math.max(0, ...values)}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function commentShare(facts: readonly Facts[]): string {
  const share =
    sum(facts.map((each) => each.commentLines)) / Math.max(1, sum(facts.map((each) => each.lines)))
  return `${(share * 100).toFixed(1)} %`
}

function fanOut({ imports }: Facts): number {
  return new Set(imports.flatMap(({ path }) => path ?? [])).size
}

function filesPerFolder(facts: readonly Facts[]): number[] {
  const counts = new Map<string, number>()
  for (const { path } of facts) {
    const folder = path.slice(0, path.lastIndexOf('/'))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts.values()]
}

function largest(facts: readonly Facts[]): string {
  const sizes = facts.flatMap(({ path, functions }) => functions.map((each) => ({ path, ...each })))
  const [first] = sizes.sort((a, b) => b.lines - a.lines)
  return first === undefined ? '' : `${first.name} (${first.path}:${first.line})`
}

export type Figure = readonly [name: string, value: string, aim: string]

/** The figures of the house without its tests: what to watch, not what to obey. */
export function figuresOf(all: readonly Facts[]): Figure[] {
  const facts = all.filter(({ path }) => !isTest(path) && !path.startsWith('api/src/testing/'))
  const inApi = all.filter(({ path }) => path.startsWith('api/src/'))
  const tests = sum(inApi.filter(({ path }) => isTest(path)).map(({ lines }) => lines))
  const sources = sum(inApi.filter(({ path }) => !isTest(path)).map(({ lines }) => lines))
  const unit = (name: string) => facts.filter(({ path }) => unitOf(path).startsWith(name))
  return [
    ['files, lines', `${facts.length}, ${sum(facts.map(({ lines }) => lines))}`, ''],
    ['lines per file, median / p90 / max', spread(facts.map(({ lines }) => lines)), '110 / 250 / 400'],
    [
      'function lines, median / p90 / max',
      spread(facts.flatMap((f) => f.functions.map((e) => e.lines))),
      '10 / 35 / 80',
    ],
    ['the longest function', largest(facts), ''],
    ['files per folder, median / p90 / max', spread(filesPerFolder(facts)), '3–12'],
    ['fan-out, median / p90 / max', spread(facts.map(fanOut)), '3 / 8 / 15'],
    ['exports per file, median / p90 / max', spread(facts.map((each) => each.exports)), '≤ 10'],
    [
      'comment lines: engine, domains, web',
      [unit('engine'), unit('domains'), unit('web')].map(commentShare).join(', '),
      '12–18, 5–10, 2–5 %',
    ],
    ['test : source lines in api', (tests / Math.max(1, sources)).toFixed(2), '1'],
  ]
}
