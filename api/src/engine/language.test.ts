import { checkTemplate } from '@stint/schema/template'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testTask } from '../testing/engine.ts'
import { ToyActions } from '../testing/toy-actions.ts'
import { ActionRegistry } from './action.ts'
import { echoAction } from './actions/echo.ts'
import { SharedSecrets } from './run/mask.ts'
import { findSteps } from './store/step.ts'
import { findTasks } from './store/task.ts'

/* What template texts mean, from the text to the rows: each case is a template, its inputs, and what came of it. */

const database = await testDatabase()
const registry = new ToyActions().register(new ActionRegistry().add(echoAction))
const config = () => ({
  site: { name: 'paris', ports: [80, 443] },
  vault: { user: 'ada', key: 'c0nfigured' },
})
const secrets = new SharedSecrets()
secrets.add(['c0nfigured'])
const { engine, stop } = await testEngine(database, { registry, config, secrets })
afterAll(stop)

const head = 'name: case\ndescription: a case\ntitle_format: '

async function run(text: string, input: Record<string, unknown> = {}) {
  const { template, findings } = checkTemplate(text)
  if (!template) throw new Error(JSON.stringify(findings))
  const { id } = await engine.createTask(testTask(template, { input }))
  expect(await engine.waitForStop(id, 10)).toBe(true)
  const [task] = await findTasks(database.sql, [id])
  const steps = await findSteps(database.sql, [id])
  const attempts = await engine.reader.lastAttempts(
    { id, templateId: null },
    steps.map((step) => step.no),
  )
  const values = await engine.reader.values({ id, templateId: null })
  const outputOf = (name: string) =>
    attempts.find((a) => a.stepNo === steps.find((s) => s.name === name)?.no)?.output
  const states = Object.fromEntries(steps.map((step) => [step.name, step.state]))
  return { task, steps, states, attempts, outputOf, outcome: values?.outcome, input: values?.input }
}

describe('values', () => {
  it('of inputs, configuration, the task and earlier steps reach configurations, titles, tags and results', async () => {
    const { task, outputOf, outcome } = await run(
      `${head}'hello {{.input.who}} in {{.config.site.name}}'
tags: {who: '{{.input.who}}'}
inputs: [{name: who, description: whom}]
result_format: {said: '{{.step.greet.output.text}}', fixed: 7}
steps:
  greet:
    description: greets
    action: {type: echo, configuration: {output: {text: 'hi {{.input.who}}', ports: '{{.config.site.ports | toJson}}'}}}
  shout:
    description: shouts
    dependencies: [greet]
    action: {type: echo, configuration: {output: '{{.step.greet.output.text | upper}} {{.task.requester_username}}'}}
`,
      { who: 'ada' },
    )
    expect(task).toMatchObject({ result: 'success', title: 'hello ada in paris', tags: { who: 'ada' } })
    expect(outputOf('greet')).toEqual({ text: 'hi ada', ports: '[80,443]' })
    expect(outputOf('shout')).toBe('HI ADA tester')
    expect(outcome).toEqual({ said: 'hi ada', fixed: 7 })
  })

  it('keep their type with `typed`, print as <no value> when missing', async () => {
    const { outputOf } = await run(`${head}types
steps:
  one: {description: one, action: {type: echo, configuration: {output: {list: [1, 2]}}}}
  two:
    description: two
    dependencies: [one]
    action: {type: echo, configuration: {output: {list: '{{.step.one.output.list | typed}}', none: '{{.step.one.output.nope}}'}}}
`)
    expect(outputOf('two')).toEqual({ list: [1, 2], none: '<no value>' })
  })

  it('of variables are computed in a sandbox', async () => {
    const { outputOf } = await run(
      `${head}variables
inputs: [{name: n, description: n, type: number}]
variables: [{name: double, expression: 'input.n * 2'}]
steps:
  one: {description: one, action: {type: echo, configuration: {output: '{{eval "double"}}'}}}
`,
      { n: 21 },
    )
    expect(outputOf('one')).toBe('42')
  })

  it('that cannot be rendered fail the step for good, with the reason', async () => {
    const { task, states } = await run(`${head}bad
steps:
  one: {description: one, action: {type: echo, configuration: {output: '{{index .config.site "name" "b"}}'}}}
`)
    expect(states).toEqual({ one: 'FATAL_ERROR' })
    expect(task).toMatchObject({ state: 'paused', reason: 'step-failed' })
    expect(task?.errorSummary).toContain('one: ')
  })

  it('typed into password fields are masked wherever they turn up', async () => {
    const { task, outputOf, input } = await run(
      `${head}'token {{.input.token}}'
inputs: [{name: token, description: t, type: password}]
steps:
  one: {description: one, action: {type: echo, configuration: {output: 'used {{.input.token}}', error_message: 'bad {{.input.token}}', error_type: client}}}
`,
      { token: 'tops3cret' },
    )
    expect(task?.title).toBe('token ••••••')
    expect(task?.errorSummary).toBe('one: bad ••••••')
    expect(outputOf('one')).toBe('used ••••••')
    expect(input).toEqual({ token: '••••••' })
    const rows =
      await database.sql`select to_jsonb(task)::text as text from task where id = ${task?.id ?? ''}`
    expect(rows[0]?.text).not.toContain('tops3cret')
  })
})

it('configured secrets are masked wherever they turn up', async () => {
  const { task, outputOf } = await run(
    `${head}'key {{.config.vault.key}}'
tags: {key: '{{.config.vault.key}}'}
steps:
  one: {description: one, action: {type: echo, configuration: {output: {deep: ['{{.config.vault.key}}']}, error_message: 'bad {{.config.vault.key}}', error_type: client}}}
`,
  )
  expect(task?.title).toBe('key ••••••')
  expect(task?.errorSummary).toBe('one: bad ••••••')
  expect(outputOf('one')).toEqual({ deep: ['••••••'] })
  const rows = await database.sql`select to_jsonb(task)::text as text from task where id = ${task?.id ?? ''}`
  expect(rows[0]?.text).not.toContain('c0nfigured')
})

describe('conditions', () => {
  const gate = (value: string) => `${head}gate
inputs: [{name: mode, description: m, legal_values: [dry, wet]}]
steps:
  create:
    description: create
    action: {type: echo, configuration: {output: created}}
    conditions:
      - {type: skip, if: [{value: '{{.input.mode}}', operator: EQ, expected: dry}], then: {this: ${value}}, message: dry run}
  after: {description: after, dependencies: [create], action: {type: echo, configuration: {output: done}}}
`

  it('skip a step before it runs', async () => {
    const { states, attempts } = await run(gate('DONE'), { mode: 'dry' })
    expect(states).toEqual({ create: 'DONE', after: 'DONE' })
    expect(attempts.map((a) => a.stepNo)).toEqual([1])
  })

  it('skip with PRUNE takes the followers along', async () => {
    const { states, task } = await run(gate('PRUNE'), { mode: 'dry' })
    expect(states).toEqual({ create: 'PRUNE', after: 'PRUNE' })
    expect(task?.result).toBe('success')
  })

  it('check the outcome: a foreseen failure becomes a custom state, and only that branch runs', async () => {
    const { states, task } = await run(`${head}custom
steps:
  getUser:
    description: get
    custom_states: [NOT_FOUND]
    action: {type: echo, configuration: {output: {}, metadata: {HTTPStatus: '404'}, error_message: no such user, error_type: client}}
    conditions:
      - {type: check, if: [{value: '{{.step.getUser.metadata.HTTPStatus}}', operator: EQ, expected: '404'}], then: {this: NOT_FOUND}, message: user not found}
  createUser: {description: create, dependencies: ['getUser:NOT_FOUND'], action: {type: echo, configuration: {output: created}}}
  updateUser: {description: update, dependencies: [getUser], action: {type: echo, configuration: {output: updated}}}
  either: {description: either, dependencies: ['createUser:ANY', 'updateUser:ANY'], action: {type: echo, configuration: {output: end}}}
`)
    expect(states).toEqual({ getUser: 'NOT_FOUND', createUser: 'DONE', updateUser: 'PRUNE', either: 'DONE' })
    expect(task).toMatchObject({ state: 'stopped', result: 'success' })
  })

  it('can prune another branch, and make a step run again at once', async () => {
    const { states, steps } = await run(`${head}others
steps:
  probe:
    description: probe
    action: {type: count, configuration: {}}
    conditions:
      - {type: check, if: [{value: '{{.step.this.output.at}}', operator: LT, expected: '3'}], then: {this: RETRY_NOW}}
      - {type: check, if: [{value: '{{.step.this.output.at}}', operator: GE, expected: '3'}], then: {late: PRUNE}}
  late: {description: late, dependencies: [probe], action: {type: echo, configuration: {output: late}}}
`)
    expect(states).toEqual({ probe: 'DONE', late: 'PRUNE' })
    expect(steps[0]?.tryCount).toBe(3)
  })
})

describe('outputs', () => {
  it('are laid over a base, formatted, and checked against a schema', async () => {
    const { outputOf, states, task } = await run(
      `${head}outputs
inputs: [{name: id, description: i}]
steps:
  merged: {description: m, action: {type: echo, base_output: {id: '{{.input.id}}'}, configuration: {output: {name: ada}}}}
  formatted:
    description: f
    dependencies: [merged]
    action: {type: echo, output: {strategy: template, format: {who: '{{.step.merged.output.name}}/{{.step.this.output.x}}'}}, configuration: {output: {x: raw}}}
  checked:
    description: c
    dependencies: [formatted]
    json_schema: {type: object, required: [size]}
    action: {type: echo, configuration: {output: {other: 1}}}
`,
      { id: '12' },
    )
    expect(outputOf('merged')).toEqual({ id: '12', name: 'ada' })
    expect(outputOf('formatted')).toEqual({ who: 'ada/raw' })
    expect(states.checked).toBe('FATAL_ERROR')
    expect(task?.errorSummary).toContain('size')
  })
})

describe('an expression', () => {
  it('in `if` decides whether a step runs', async () => {
    const { states } = await run(
      `${head}choice
inputs: [{name: n, description: n, type: number}]
steps:
  small: {description: s, if: 'input.n < 10', action: {type: echo, configuration: {output: s}}}
  large: {description: l, if: 'input.n >= 10', action: {type: echo, configuration: {output: l}}}
`,
      { n: 3 },
    )
    expect(states).toEqual({ small: 'DONE', large: 'PRUNE' })
  })
})
