import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkInputs } from '@stint/schema/inputs'
import type { Template, TemplateStep } from '@stint/schema/template-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { checkout } from '../../base/config.ts'
import { Outbound } from '../../base/outbound.ts'
import { outboundPolicy } from '../../base/outbound-policy.ts'
import { ActionRegistry } from '../../engine/action.ts'
import { registerBuiltIn } from '../../engine/actions/register.ts'
import { evaluateConditions, lastWords } from '../../engine/template/conditions.ts'
import { configurationFor, renderResult } from '../../engine/template/configuration.ts'
import { evaluateExpression } from '../../engine/values/expression.ts'
import { renderText } from '../../engine/values/template.ts'
import { Variables } from '../../engine/values/variables.ts'
import { templateCheck } from './check.ts'
import { isTestFile } from './folder.ts'

const folder = join(checkout, 'api/templates')
const outbound = new Outbound(() => outboundPolicy([], []))
const scriptFolders = [join(folder, 'scripts')]
const registry = registerBuiltIn(new ActionRegistry(), {
  clock: systemClock,
  outbound,
  scriptFolders,
  knownHostsFile: '/dev/null',
})
const check = templateCheck(registry, { configItems: () => new Set(['stint']) })
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !isTestFile(name))
const checked = new Map(
  await Promise.all(
    files.map(async (file) => [file, await check(readFileSync(join(folder, file), 'utf8'))] as const),
  ),
)

function load(name: string): Template {
  const template = checked.get(`${name}.yaml`)?.template
  if (template === undefined) throw new Error(`${name} is faulty`)
  return template
}

test.each(files)('%s has no fault, explains itself, and is named as its file', (file) => {
  const { template, findings } = checked.get(file) ?? {}
  expect(findings).toEqual([])
  expect(template).toMatchObject({
    name: file.replace('.yaml', ''),
    longDescription: expect.any(String),
    troubleshooting: expect.any(String),
  })
})

test('the facts script prints one JSON object on its last line', () => {
  const printed = execFileSync(join(folder, 'scripts/system-facts.sh'), { encoding: 'utf8', cwd: folder })
  expect(JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    host: expect.any(String),
    disk_free_percent: expect.any(Number),
  })
})

/** Goes through a template as the engine does, with actions that only echo; `person` decides once about each step that blocks. */
class Rehearsal {
  readonly states = new Map<string, string>()
  readonly errors: string[] = []
  readonly #template: Template
  readonly #input: Record<string, unknown>
  readonly #step: Record<string, Record<string, unknown>> = {}
  readonly #resolverInput: Record<string, unknown>

  constructor(
    template: Template,
    input: Record<string, unknown> = {},
    resolverInput: Record<string, unknown> = {},
  ) {
    this.#template = template
    this.#input = checkInputs(template.inputs, input).values
    this.#resolverInput = checkInputs(template.resolverInputs, resolverInput).values
    for (const { name } of template.steps) this.#step[name] = { output: {}, metadata: {}, state: 'TODO' }
  }

  get options() {
    return { variables: new Variables(this.#template.variables) }
  }

  data(own?: string) {
    const step = own === undefined ? this.#step : { ...this.#step, this: this.#step[own] }
    const task = { resolver_username: 'rita' }
    const config = { stint: { url: 'http://127.0.0.1:8080' } }
    return { input: this.#input, resolver_input: this.#resolverInput, step, task, config }
  }

  run(): this {
    for (let round = 0; round < 20; round++) {
      const ready = this.#template.steps.filter((step) => this.#isReady(step))
      if (ready.length === 0) break
      for (const step of ready) this.#try(step)
    }
    return this
  }

  #isReady(step: TemplateStep): boolean {
    const state = this.states.get(step.name)
    if (state !== undefined && !state.endsWith('_ERROR')) return false
    if (step.dependencies.some(({ step: name }) => (this.states.get(name) ?? 'X_ERROR').endsWith('_ERROR')))
      return false
    const isPruned = step.dependencies.some(({ step: name, states }) => {
      return !states.includes('ANY') && !states.includes(this.states.get(name) ?? '')
    })
    if (isPruned) this.#set(step.name, 'PRUNE')
    return !isPruned
  }

  #try(step: TemplateStep): void {
    const { name } = step
    if (step.if !== undefined && !evaluateExpression(step.if, this.data(name)))
      return this.#set(name, 'PRUNE')
    const skip = lastWords(evaluateConditions(step.conditions, 'skip', this.data(name)).matches).get('this')
    if (skip !== undefined) return this.#set(name, skip.state)
    const configuration = configurationFor(step.action, this.#template, this.data(name), this.options)
    const message = configuration.error_message
    const metadata = configuration.metadata ?? {}
    const state = message ? (configuration.error_type === 'client' ? 'CLIENT_ERROR' : 'SERVER_ERROR') : 'DONE'
    this.#step[name] = { output: configuration.output ?? {}, metadata, state }
    const verdict = evaluateConditions(step.conditions, 'check', this.data(name), { state })
    expect(verdict.error).toBeUndefined()
    const word = lastWords(verdict.matches).get('this')
    this.#set(name, word?.state ?? state)
    if (message && word === undefined) this.errors.push(`${name}: ${String(message)}`)
  }

  #set(name: string, state: string): void {
    this.states.set(name, state)
    this.#step[name] = { ...this.#step[name], state }
  }

  get result() {
    return renderResult(this.#template.resultFormat, this.data(), this.options)
  }

  get title() {
    return renderText(this.#template.titleFormat, this.data())
  }
}

test('a new member gets everything, after one planned failure', () => {
  const rehearsal = new Rehearsal(load('new-member')).run()
  expect(rehearsal.errors).toEqual([
    'orderBadge: The badge office has no photo of ada yet; it has been asked for. Retry this step.',
  ])
  expect(Object.fromEntries(rehearsal.states)).toMatchObject({ findAccount: 'NOT_FOUND', orderBadge: 'DONE' })
  expect(rehearsal.title).toBe('New member ada in compute')
  expect(rehearsal.result).toEqual({
    login: 'ada',
    mail: 'ada@compute.example.org',
    message: 'Welcome ada! Ready for you: account, mailbox, repositories, badge.',
  })
})

test('a dry run leaves the repositories alone', () => {
  const rehearsal = new Rehearsal(load('new-member'), { mode: 'dry' }).run()
  expect(rehearsal.result.message).toBe('Welcome ada! Ready for you: account, mailbox, badge.')
})

test('what breaks is mended by a second try', () => {
  const rehearsal = new Rehearsal(load('break-something')).run()
  expect(rehearsal.errors).toEqual([
    'unsteady: no answer from the coffee machine; this passes by itself',
    'riskyChange: the coffee machine refuses the change: quota exceeded',
  ])
  expect(rehearsal.result).toEqual({ what: 'the coffee machine', changed: 'true' })
})

test('the nightly report has columns, the highest figure and a warning only when it is needed', () => {
  const rehearsal = new Rehearsal(load('nightly-report'), { day: '2026-11-20' }).run()
  expect(rehearsal.errors).toEqual(['storage: the storage answers 503, it is busy'])
  expect(rehearsal.result).toEqual({
    highest: 86.25,
    report: 'Use on 2026-11-20\ncompute      41.5 %\nnetwork      18.0 %\nstorage      86.2 %\n\n',
    warning: 'The highest use is 86.25 %, above 80 %',
  })
  const calm = new Rehearsal(load('nightly-report'), { limit: 90 }).run()
  expect(calm.states.get('warn')).toBe('PRUNE')
  expect(calm.result.warning).toBe('')
})

test.each([
  ['read', 'DONE', 'PRUNE'],
  ['nothing', 'PRUNE', 'DONE'],
])('an access request decided as %s takes its branch', (level, grant, refuse) => {
  const input = { login: 'sam', system: 'billing', reason: 'month end' }
  const { states } = new Rehearsal(load('access-request'), input, { level }).run()
  expect([states.get('grant'), states.get('revoke'), states.get('refuse')]).toEqual([grant, grant, refuse])
})

test('the health check asks this installation, or the one that is named', () => {
  const template = load('health-check')
  const ask = (input: Record<string, unknown>) => {
    const { action } = template.steps[0] as TemplateStep
    return configurationFor(action, template, new Rehearsal(template, input).data('alive'))
  }
  expect(ask({})).toEqual({ method: 'GET', timeout: '5s', host: 'http://127.0.0.1:8080', path: '/healthz' })
  expect(ask({ url: 'https://other.example.org' })).toMatchObject({ host: 'https://other.example.org' })
  expect(new Rehearsal(template).title).toBe('Health check')
})

test('a template that is cut, doubled or scribbled on ends in findings, never in a crash', async () => {
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const scribble = fc.constantFrom(
    '{{',
    '}}',
    ':',
    '- ',
    '\n',
    '\t',
    '"',
    "'",
    '[',
    '{',
    '*a',
    '&a ',
    '!x ',
    '#',
    '\0',
    '|',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.nat(4000),
      fc.nat(60),
      fc.oneof(scribble, fc.string({ maxLength: 8 })),
      async (text, at, cut, put) => {
        const place = at % text.length
        const { template, findings } = await check(text.slice(0, place) + put + text.slice(place + cut))
        const hasErrors = findings.some((finding) => finding.severity === 'error')
        expect(template === undefined).toBe(hasErrors)
        for (const { line, column } of findings) expect(line > 0 && column > 0).toBe(true)
      },
    ),
    { numRuns: 400 },
  )
})
