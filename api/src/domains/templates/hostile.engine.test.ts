import type { Template } from '@stint/schema/template-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ActionRegistry } from '../../engine/action.ts'
import { echoAction } from '../../engine/actions/echo.ts'
import { findSteps } from '../../engine/store/step.ts'
import { findTasks } from '../../engine/store/task.ts'
import { testDatabase } from '../../testing/database.ts'
import { testEngine, testTask } from '../../testing/engine.ts'
import { templateCheck } from './check.ts'

/*
 * What people, or what they paste, may ask too much of: each ends in a clear error, and the process goes on answering. A timer in
 * the same process is its pulse; the longest pause between two beats is held against a bound that a machine with other work
 * keeps, and against what the same machine does to an idle process.
 */

const database = await testDatabase()
const registry = new ActionRegistry().add(echoAction)
const { engine, stop } = await testEngine(database, { registry, config: () => ({}) })
const check = templateCheck(registry)
afterAll(stop)

const beatMs = 10

/** The longest time for which this process answered nobody while `act` ran. */
async function longestPause(act: () => Promise<void>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const beat = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(beat, beatMs)
  await act()
  beat()
  clearInterval(timer)
  return longest
}

/** What others on this machine do to a process that does nothing but wait and read a small template. */
const idlePause = () =>
  longestPause(async () => {
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await check(`${head}steps: {a: {action: {type: echo}}}`)
    }
  })

/** A text may compute for half a second, or two on a busy machine, and steps that start together a quarter. */
const pauseMaxMs = 4000
let idleMs = 0
beforeAll(async () => {
  idleMs = await idlePause()
}, 60_000)

async function staysAwake(act: () => Promise<void>): Promise<void> {
  const { lives } = engine.counts
  const longest = await longestPause(act)
  expect(longest).toBeLessThan(Math.max(pauseMaxMs, idleMs * 20))
  // The executor was never taken for dead.
  expect(engine.counts.lives).toBe(lives)
}

const head = 'name: hostile\ndescription: Asks for too much\ntitle_format: Hostile\n'
const many = (count: number, each: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join('')
const bomb = `a: &a0 [x,x,x,x,x,x,x,x,x]\n${many(12, (i) => `b${i}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]\n`)}`
const indented = bomb.replace(/^/gm, '  ')

describe('a hostile text', () => {
  it.each([
    ['an alias bomb', `${head}base_configurations:\n${indented}`, 'too-large'],
    ['10 MB of text', `${head}long_description: ${'x'.repeat(10_000_000)}`, 'too-large'],
    ['open brackets', `${head}tags: ${'['.repeat(90_000)}`, 'too-large'],
    ['deep indentation', `${head}tags:\n${many(430, (i) => `${' '.repeat(i + 1)}a:\n`)}`, 'wrong-type'],
    ['a million keys', `${head}tags: {${many(90_000, (i) => `k${i}: 1,`)}}`, undefined],
    ['the same key a thousand times', `${head}tags: {${'k: 1,'.repeat(9000)}}`, 'duplicate-key'],
    [
      'a pattern that explodes when it is unrolled',
      `${head}inputs: [{name: a, regex: '((a{0,1000}){0,1000}){0,1000}'}]`,
      'invalid-regex',
    ],
    ['a pattern with look-ahead', `${head}inputs: [{name: a, regex: '(?=x)'}]`, 'invalid-regex'],
    [
      'a thousand JSON Schemas',
      `${head}steps:\n${many(900, (i) => `  s${i}: {action: {type: echo}, json_schema: {properties: {p${i}: {type: string}}}}\n`)}`,
      undefined,
    ],
    [
      'a JSON Schema of 10,000 parts',
      `${head}steps: {a: {action: {type: echo}, json_schema: {anyOf: [${'{type: string},'.repeat(5000)}]}}}`,
      'invalid-schema',
    ],
    [
      'a deep JSON Schema',
      `${head}steps: {a: {action: {type: echo}, json_schema: ${'{items: '.repeat(62)}{}${'}'.repeat(62)}}}`,
      undefined,
    ],
    [
      'expressions that are none',
      `${head}steps:\n${many(900, (i) => `  s${i}: {action: {type: echo}, if: '((((${i}'}\n`)}`,
      'invalid-expression',
    ],
    ['a NUL', `${head}tags: {a: "x\\0y"}`, 'wrong-value'],
    ['half a character', `${head}tags: {a: "x\\uD800y"}`, 'wrong-value'],
    [
      'a step of the prototype',
      `${head}steps: {__proto__: {action: {type: echo}, dependencies: [constructor]}}`,
      'unknown-step',
    ],
    [
      'an action of the prototype',
      `${head}steps: {a: {action: {type: constructor}}, b: {action: {type: __proto__}}}`,
      'unknown-action',
    ],
    ['keys of the prototype', `${head}__proto__: {steps: {}}\nconstructor: 1\n`, 'unknown-key'],
    ['a handle without end', `${head}tags: {a: '{{${'('.repeat(30_000)}'}`, 'handle-syntax'],
    ['handles in handles', `${head}tags: {a: '${'{{if .input.x}}'.repeat(3000)}'}`, 'handle-syntax'],
    ['a number of 90,000 digits', `${head}priority: ${'9'.repeat(90_000)}`, 'out-of-range'],
    [
      'steps that all wait for each other',
      `${head}steps:\n${many(900, (i) => `  s${i}: {action: {type: echo}, dependencies: [s${(i + 1) % 900}]}\n`)}`,
      'cycle',
    ],
  ])(
    'with %s gets its answer while others get theirs',
    async (_, text, code) => {
      await staysAwake(async () => {
        const { template, findings } = await check(text)
        const codes = findings.map((finding) => finding.code)
        if (code !== undefined) expect(codes).toContain(code)
        if (code !== undefined) expect(template).toBeUndefined()
        for (const { line, column } of findings) expect(line > 0 && column > 0).toBe(true)
      })
    },
    120_000,
  )

  it('reaches nothing of JavaScript, whatever it asks', async () => {
    const probes = ['constructor', '__proto__', 'toString', 'hasOwnProperty'].flatMap((name) => [
      `$n := "${name}"}}{{field "input" $n`,
      `$n := "${name}"}}{{index .input $n`,
      `.step.a.output.${name}`,
      `get .step.a.output "${name}"`,
      `hasKey .input "${name}" | ternary "has" ""`,
    ])
    const list = probes.map((probe) => `'{{${probe}}}'`).join(', ')
    const { template, findings } = await check(
      `${head}inputs: [{name: x}]\nsteps: {a: {${echo('{x: 1}')}}, b: {dependencies: [a], ${echo(`[${list}]`)}}}`,
    )
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const id = await run(template as Template, { x: 'given' })
    const [attempt] = await engine.reader.lastAttempts({ id, templateId: null }, [1])
    const output = (attempt?.output ?? ['no output']) as string[]
    expect(output.filter((text) => text !== '<no value>' && text !== '')).toEqual([])
  })
})

async function run(template: Template, input: Record<string, unknown> = {}): Promise<string> {
  const { id } = await engine.createTask(testTask(template, { input }))
  for (let looks = 0; looks < 220; looks++) {
    if (await engine.waitForStop(id, 0.5)) break
    const [task] = await findTasks(database.sql, [id])
    if (task?.reason === 'retrying') break
  }
  return id
}

const step = (body: string) => `steps:\n  a: {${body}}\n`
const echo = (output: string) => `action: {type: echo, configuration: {output: ${output}}}`

describe('a hostile task', () => {
  it.each([
    [
      'endless loops in texts',
      many(10, (i) => `  s${i}: {${echo(`'{{range 10000000000}}{{end}}${i}'`)}}\n`),
      'longer than',
    ],
    [
      'endless loops in expressions',
      many(12, (i) => `  s${i}: {if: 'while (true) {} ${i}', ${echo('1')}}\n`),
      'longer than',
    ],
    [
      'expressions that eat memory',
      many(
        6,
        (i) => `  s${i}: {if: 'let a = []; while (true) a.push(new Array(1e6).fill(${i}))', ${echo('1')}}\n`,
      ),
      /memory|longer than/,
    ],
    [
      'texts that double',
      `  a: {${echo(`'{{$x := "xxxxxxxx"}}${'{{$x = print $x $x}}'.repeat(40)}{{$x}}'`)}}\n`,
      'longer than',
    ],
    [
      'a pattern that is slow elsewhere',
      `  a: {${echo(`'{{regexMatch "^(x+)+$" (print (repeat 50000 "x") "y")}}'`)}}\n`,
      undefined,
    ],
    [
      'a pattern of a condition that cannot be read',
      `  a: {${echo('1')}, conditions: [{type: check, if: [{value: x, operator: REGEXP, expected: '{{"("}}'}], then: {this: DONE}}]}\n`,
      'RE2',
    ],
    ['a loop over a million items', `  a: {foreach: '[{{repeat 1500000 "1,"}}1]', ${echo('1')}}\n`, 'items'],
    ['a loop over no list', `  a: {foreach: '{"a": 1}', ${echo('1')}}\n`, 'list'],
    [
      'a JSON Schema that doubles itself',
      `  a: {${echo('{}')}, json_schema: {definitions: {${many(40, (i) => `a${i}: {anyOf: [{$ref: '#/definitions/a${i + 1}'}, {$ref: '#/definitions/a${i + 1}'}]}, `)}a40: {type: string}}, $ref: '#/definitions/a0'}}\n`,
      'takes too long',
    ],
    [
      '800 kB of YAML in an output',
      `  a: {action: {type: echo, configuration: {unmarshal: true, output: '{{repeat 40000 "- {a: [1, 2, 3]}\\n"}}'}}}\n`,
      undefined,
    ],
    [
      'YAML that is a bomb',
      `  a: {action: {type: echo, configuration: {unmarshal: true, output: ${JSON.stringify(bomb)}}}}\n`,
      'neither JSON nor YAML',
    ],
    [
      'an output of 40 MB',
      `  a: {${echo(`['{{repeat 8000000 "x"}}', '{{repeat 8000000 "y"}}', '{{repeat 8000000 "z"}}']`)}}\n`,
      'longer than',
    ],
  ])(
    'with %s fails with a sentence, or ends, while the others go on',
    async (_, steps, message) => {
      const { template, findings } = await check(`${head}max_parallel: 60\nsteps:\n${steps}`)
      if (template === undefined) throw new Error(JSON.stringify(findings))
      let id = ''
      await staysAwake(async () => {
        id = await run(template)
      })
      const [task] = await findTasks(database.sql, [id])
      const rows = await findSteps(database.sql, [id])
      if (message === undefined) expect([task?.state, task?.result]).toEqual(['stopped', 'success'])
      else {
        expect(task?.state === 'paused' || task?.reason === 'retrying').toBe(true)
        expect(rows.map((row) => row.errorSummary ?? '').join('\n')).toMatch(message)
      }
    },
    240_000,
  )
})

it('after all of it the engine does what it is asked, as before', async () => {
  const { template } = await check(`${head}${step(echo('well'))}`)
  const [task] = await findTasks(database.sql, [await run(template as Template)])
  expect(task).toMatchObject({ state: 'stopped', result: 'success' })
})
