import { afterAll, describe, expect, it } from 'vitest'
import { type Seen, stage } from '../../testing/stage.ts'
import { type Case, type Expected, readCases } from './case.ts'

/*
 * The template language as it runs: every case of the YAML files beside this one is a template, what it is given, and what
 * must come of it. Where µTask's behaviour is kept or deliberately bettered, a case says which.
 */

const { check, refusedInputs, create, settle, follow, seen, stop } = await stage()
afterAll(stop)

for (const { name, cases } of readCases()) {
  describe.concurrent(name, () => {
    for (const each of cases) it(each.case, () => play(each), 60_000)
  })
}

async function play(played: Case): Promise<void> {
  if (played.refused || played.warned) {
    const { findings, template } = check(played)
    const codes = findings.map((finding) => finding.code)
    expect({ codes, isUsable: template !== undefined }).toEqual({
      codes: played.refused ?? played.warned,
      isUsable: played.refused === undefined,
    })
    if (played.refused) return
  }
  if (played.refusedInputs) {
    expect(refusedInputs(played)).toEqual(played.refusedInputs)
    return
  }
  if (!played.expect && !played.then) return
  const id = await create(played)
  await settle(id, played.patient === true)
  compare(await seen(id), played.expect ?? {})
  for (const next of played.then ?? []) {
    await follow(id, next)
    await settle(id, played.patient === true)
    compare(await seen(id), next)
  }
}

function compare(found: Seen, expected: Expected): void {
  const { task, rows, attempts, runs } = found
  const byName = new Map(rows.map((row) => [row.name, row]))
  const attemptOf = (name: string) => attempts.find((attempt) => attempt.stepNo === byName.get(name)?.no)
  const picked = <T>(names: Readonly<Record<string, unknown>> | undefined, of: (name: string) => T) =>
    names && Object.fromEntries(Object.keys(names).map((name) => [name, of(name)]))
  const wanted: Record<string, unknown> = {}
  const actual: Record<string, unknown> = {}
  const look = (key: keyof Expected, value: () => unknown) => {
    if (expected[key] === undefined) return
    wanted[key] = expected[key]
    actual[key] = value()
  }
  look('task', () =>
    task?.state === 'stopped' && !task.reason ? task.result : `${task?.state}/${task?.reason}`,
  )
  look('steps', () =>
    Object.fromEntries(rows.filter((row) => row.parentNo === null).map((row) => [row.name, row.state])),
  )
  look('items', () =>
    picked(expected.items, (loop) =>
      rows.filter((row) => row.parentNo === byName.get(loop)?.no).map((row) => row.state),
    ),
  )
  look('outputs', () => picked(expected.outputs, (name) => attemptOf(name)?.output ?? null))
  look('metadata', () => picked(expected.metadata, (name) => attemptOf(name)?.metadata ?? null))
  look('tries', () => picked(expected.tries, (name) => byName.get(name)?.tryCount))
  look('lasts', () =>
    picked(expected.lasts, (name) => {
      const { startedAt, endedAt } = byName.get(name) ?? {}
      const ms = Number(endedAt) - Number(startedAt)
      const least = expected.lasts?.[name] ?? 0
      return Math.min(ms, least)
    }),
  )
  look('ran', () => runs.map((run) => run.step))
  look('mostAtOnce', () => found.most)
  look('result', () => found.outcome)
  look('title', () => task?.title)
  look('tags', () => task?.tags)
  look('progress', () => task?.progress)
  look('errors', () =>
    picked(expected.errors, (name) => {
      const part = expected.errors?.[name]
      const summary = byName.get(name)?.errorSummary ?? null
      // A part is enough; a whole text shows in the comparison when it is not in there.
      return part !== null && part !== undefined && summary?.includes(part) ? part : summary
    }),
  )
  look('error', () => {
    const summary = task?.errorSummary ?? ''
    return expected.error !== undefined && summary.includes(expected.error) ? expected.error : summary
  })
  look('delays', () =>
    picked(expected.delays, (name) => {
      const seconds = found.waits.filter((wait) => wait.stepNo === byName.get(name)?.no).map((w) => w.seconds)
      return seconds.map((each, index) => withoutJitter(each, expected.delays?.[name]?.[index]))
    }),
  )
  expect(actual).toEqual(wanted)
}

/** Delays vary by a tenth either way. */
function withoutJitter(seconds: number, wanted: number | undefined): number {
  const isNear = wanted !== undefined && seconds >= wanted * 0.9 - 0.05 && seconds <= wanted * 1.1 + 0.05
  return isNear ? wanted : seconds
}
