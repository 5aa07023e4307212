import { checkTemplate } from '@stint/schema/template'
import { checkFunction } from '@stint/schema/template-function'
import type { TemplateFunction } from '@stint/schema/template-types'
import { expect, test } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { ActionRegistry } from '../action.ts'
import { echoAction } from '../actions/echo.ts'
import { SharedSecrets } from '../run/mask.ts'
import { type DryRunRequest, dryRun } from './dry-run.ts'

const call = {
  type: 'call',
  description: 'Calls a host.',
  configuration: { type: 'object' },
  idempotent: false,
  resources: ({ url = '' }: { url?: string }) => [`url:${url.replace(/^https?:\/\//, '').split('/')[0]}`],
  run: () => {
    throw new Error('a dry run has run something')
  },
}
const registry = new ActionRegistry().add(echoAction).add(call)
const secrets = new SharedSecrets()
secrets.add(['c0nfigured'])
const parts = {
  registry,
  clock: systemClock,
  secrets,
  config: () => ({ site: { name: 'paris' }, key: 'c0nfigured', stint: { url: 'https://stint.example' } }),
  limitOf: (name: string) => (name === 'template:dry' ? 3 : undefined),
}

async function rehearse(
  yaml: string,
  request: Partial<DryRunRequest> = {},
  functionTexts: readonly string[] = [],
) {
  const functions = new Map<string, TemplateFunction>()
  const options = { actions: new Map(registry.all().map((each) => [each.type, each])), functions }
  for (const text of functionTexts) {
    const found = checkFunction(text, options).function
    if (found) functions.set(found.name, found)
  }
  const head = 'name: dry\ndescription: about\n'
  const title = yaml.includes('title_format')
    ? ''
    : "title_format: 'For {{.input.who}}'\ninputs: [{name: who}, {name: mode, optional: true}]\n"
  const { template, findings } = checkTemplate(head + title + yaml, options)
  if (template === undefined) throw new Error(JSON.stringify(findings))
  const report = await dryRun(parts, {
    template,
    input: { who: 'ada' },
    resolverInput: undefined,
    ownerName: 'ann',
    ownerGroups: ['dba'],
    showsConfiguration: true,
    ...request,
  })
  return { ...report, step: (name: string) => report.steps.find((step) => step.name === name) }
}

test('what the inputs decide is rendered; what only a run can tell stands as it is written, and is listed', async () => {
  const { title, step, result, links } = await rehearse(`
steps:
  create: {action: {type: call, configuration: {url: 'https://api.example/{{.input.who}}', by: '{{.task.requester_username}}'}}}
  greet:
    dependencies: [create]
    action: {type: call, configuration: {url: 'https://{{.step.create.output.host}}/x', site: '{{.config.site.name}}'}}
result_format: {who: '{{.input.who}}', id: '{{.step.create.output.id}}'}
locks: [{resource: 'person/{{.input.who}}', on_conflict: wait}]
`)
  expect(title).toBe('For ada')
  expect(step('create')).toMatchObject({
    state: 'TODO',
    configuration: { url: 'https://api.example/ada', by: 'ann' },
    unknown: [],
    resources: ['url:api.example'],
  })
  expect(step('greet')).toMatchObject({
    state: 'TODO',
    configuration: { url: 'https://{{.step.create.output.host}}/x', site: 'paris' },
    unknown: ['.step.create.output.host'],
    resources: [],
    note: 'Runs after create (DONE).',
  })
  expect(result).toEqual({ who: 'ada', id: '{{.step.create.output.id}}' })
  expect(links.map(({ type, id, mode, capacity }) => [type, id, mode, capacity])).toEqual([
    ['person', 'ada', 'exclusive', undefined],
    ['limit', 'template:dry', 'limit', 3],
  ])
})

test('steps that only compute are computed, and decide what comes after them', async () => {
  const { step, result } = await rehearse(
    `
steps:
  mode:
    action: {type: echo, configuration: {output: {mode: '{{.input.mode}}'}}}
    custom_states: [DRY]
    conditions: [{type: check, if: [{value: '{{.step.this.output.mode}}', operator: EQ, expected: dry}], then: {this: DRY}}]
  wet: {dependencies: [mode], action: {type: call, configuration: {url: 'https://a.example'}}}
  after: {dependencies: [wet], action: {type: call}}
  dry: {dependencies: ['mode:DRY'], action: {type: echo, configuration: {output: 'was {{.step.mode.output.mode}}'}}}
result_format: {said: '{{.step.dry.output}}'}
`,
    { input: { who: 'ada', mode: 'dry' } },
  )
  expect([step('mode')?.state, step('wet')?.state, step('after')?.state, step('dry')?.state]).toEqual([
    'DRY',
    'PRUNE',
    'PRUNE',
    'DONE',
  ])
  expect(step('after')?.note).toBe('Is left out, because wet ends as PRUNE.')
  expect(result).toEqual({ said: 'was dry' })
})

test('"if" and skip conditions are decided where they can be, and named where they cannot', async () => {
  const { step } = await rehearse(`
variables: [{name: id, expression: 'step.create.output.id + 1'}]
steps:
  create: {action: {type: call}}
  no: {if: 'input.who === "bob"', action: {type: call}}
  yes: {if: 'input.who === "ada"', action: {type: echo}}
  skipped:
    action: {type: call}
    conditions: [{type: skip, if: [{value: '{{.input.who}}', operator: EQ, expected: ada}], then: {this: PRUNE}, message: 'not for {{.input.who}}'}]
  perhaps:
    dependencies: [create]
    action: {type: call, configuration: {url: '{{eval "id"}}'}}
  later: {if: 'step.create.output.ok', action: {type: call}}
  asks:
    action: {type: call}
    conditions: [{type: skip, if: [{value: '{{.step.create.state}}', operator: EQ, expected: DONE}], then: {this: DONE}}]
`)
  expect(step('no')).toMatchObject({ state: 'PRUNE', note: 'Is left out, because its "if" is false.' })
  expect(step('yes')?.state).toBe('DONE')
  expect(step('skipped')).toMatchObject({ state: 'PRUNE', note: 'Is skipped: not for ada' })
  expect(step('perhaps')?.unknown).toEqual(['.step.create'])
  expect(step('later')?.note).toBe('Whether it runs depends on its "if", which reads .step.create.')
  expect(step('asks')?.note).toBe(
    'Whether it runs depends on a skip condition, which reads .step.create.state.',
  )
})

test('functions, hooks and loops are gone into as far as they are known', async () => {
  const { step } = await rehearse(
    `
steps:
  greet: {action: {type: politely, configuration: {who: '{{.input.who}}'}}}
  late: {dependencies: [greet, first], action: {type: politely, configuration: {who: '{{.step.first.output}}'}}}
  first: {action: {type: call}, pre_hook: {type: call}}
  three: {foreach: '["a","b","c"]', action: {type: call, configuration: {url: 'https://{{.iterator}}.example'}}}
  some: {foreach: '{{.step.first.output | toJson}}', dependencies: [first], action: {type: call}}
`,
    {},
    [
      "name: greet\naction: {type: echo, configuration: {output: 'hello {{.function_args.who}}'}}",
      "name: politely\naction: {type: greet, configuration: {who: 'Dr {{.function_args.who}}'}}",
    ],
  )
  expect(step('greet')).toMatchObject({
    state: 'DONE',
    configuration: { output: 'hello Dr ada' },
    note: 'Runs echo.',
  })
  expect(step('late')).toMatchObject({ state: 'TODO', configuration: { who: '{{.step.first.output}}' } })
  expect(step('first')?.note).toBe('Its pre_hook (call) runs first.')
  expect(step('three')).toMatchObject({ unknown: ['.iterator'], note: 'Runs for each of 3 items.' })
  expect(step('some')?.note).toContain('a list that is known only then')
})

test('what a resolver says stays open until he has said it', async () => {
  const yaml = `title_format: about
resolver_inputs: [{name: ok}]
steps: {one: {action: {type: call, configuration: {url: '{{.resolver_input.ok}}'}}}}
`
  expect((await rehearse(yaml)).step('one')).toMatchObject({ unknown: ['.resolver_input.ok'] })
  const told = await rehearse(yaml, { resolverInput: { ok: 'https://b.example' } })
  expect(told.step('one')).toMatchObject({ unknown: [], resources: ['url:b.example'] })
})

test('secrets are masked, and configuration shows only to those who may see what templates make of it', async () => {
  const yaml = `title_format: 'key {{.config.key}}'
inputs: [{name: who}, {name: token, type: password}]
steps: {one: {action: {type: call, configuration: {key: '{{.config.key}}', back: '{{.config.key | upper}}', token: '{{.input.token}}'}}}}
`
  const input = { who: 'ada', token: 'tops3cret' }
  const shown = await rehearse(yaml, { input })
  expect(shown.step('one')?.configuration).toEqual({ key: '••••••', back: 'C0NFIGURED', token: '••••••' })
  const hidden = await rehearse(yaml, { input, showsConfiguration: false })
  expect(hidden.title).toBe('key {{.config.key}}')
  expect(hidden.step('one')).toMatchObject({
    configuration: { key: '{{.config.key}}', back: '{{.config.key | upper}}', token: '••••••' },
    unknown: ['.config.key'],
  })
})

test('what cannot be rendered is told, and hostile texts end together within their limits', async () => {
  const endless = '{{range $i := until 90000}}{{range $j := until 90000}}{{end}}{{end}}'
  const steps = Array.from(
    { length: 30 },
    (_, i) => `  s${i}: {if: 'while (true) {}', action: {type: call, configuration: {url: '${endless}'}}}`,
  )
  const from = performance.now()
  const { step, problems, title } = await rehearse(
    `title_format: '{{index .input.who "a" "b"}}'\ninputs: [{name: who}]\nsteps:\n${steps.join('\n')}\n`,
  )
  expect(performance.now() - from).toBeLessThan(30_000)
  expect(title).toBe('{{index .input.who "a" "b"}}')
  expect(problems[0]).toMatch(/^title_format: /)
  expect(step('s29')?.note).toContain('Its configuration cannot be rendered')
})

test('a function that is known only then uses what its innermost action says', async () => {
  const inner =
    "{name: ask, action: {type: call, configuration: {url: 'https://c.example', id: '{{.function_args.id}}'}}}"
  const outer = "{name: ask-twice, action: {type: ask, configuration: {id: '{{.function_args.of}}'}}}"
  const yaml = `steps:
  each: {foreach: '["a"]', action: {type: ask-twice, configuration: {of: '{{.iterator}}'}}}
`
  const { step } = await rehearse(yaml, { input: { who: 'ada' } }, [inner, outer])
  expect(step('each')?.resources).toEqual(['url:c.example'])
})
