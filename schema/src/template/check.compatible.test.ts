import { expect, test } from 'vitest'
import { checkTemplate } from './check.ts'
import { checkFunction } from './function.ts'
import type { Template } from './types.ts'

function load(text: string): Template {
  const { template, findings } = checkTemplate(text)
  expect(findings).toEqual([])
  return template as Template
}

const head = 'name: sample\ndescription: A sample\ntitle_format: Sample\n'

test('a template in the manner of the µTask manual loads unchanged', () => {
  const template = load(`name: New-Member
description: Gives a new member their accounts
long_description: Creates the user, unless it exists already, and greets.
doc_link: http://wiki.example/new-member
title_format: New member {{.input.id}}
result_format:
  id: '{{.step.createUser.output.id}}'
allowed_resolver_usernames: [lead]
allow_all_resolver_usernames: true
auto_runnable: true
hidden: no
retry_max: 10
inputs:
- name: id
  description: Login name
  regex: ^[a-z]+$
- name: runType
  description: With or without side effects
  legal_values: [dry, wet]
  default: dry
- name: groups
  type: string
  collection: true
  optional: true
variables:
- name: greeting
  expression: |-
    var name = '{{.input.id}}';
    'Hello ' + name;
base_configurations:
  directory:
    method: POST
    url: http://directory.example/users
steps:
  getUser:
    description: Does the user exist?
    custom_states: [NOT_FOUND]
    retry_pattern: minutes
    action:
      type: http
      configuration:
        url: http://directory.example/users/{{.input.id}}
        method: GET
    conditions:
    - type: check
      if:
      - value: '{{.step.getUser.metadata.HTTPStatus}}'
        operator: EQ
        expected: 404
      then:
        this: NOT_FOUND
      message: User {{.input.id}} not found
  createUser:
    description: Create it
    dependencies: ['getUser:NOT_FOUND']
    action:
      type: http
      base_configuration: directory
      base_output:
        id: "{{.input.id}}"
      configuration:
        body: '{"id": "{{.input.id}}"}'
    conditions:
    - type: skip
      if:
      - value: '{{.input.runType}}'
        operator: EQ
        expected: dry
      then:
        this: DONE
      message: Dry run
  prefix:
    description: A loop over a JSON text
    foreach: '[{"id":"a"},{"id":"b"},{"id":"c"}]'
    action:
      type: echo
      configuration:
        output:
          prefixed: pre-{{.iterator.id}}
  again:
    foreach: '{{.step.prefix.children | jsonmarshal}}'
    dependencies: [prefix, 'createUser:ANY']
    action:
      type: echo
      configuration:
        output: '{{evalCache "greeting"}}'
`)
  expect(template).toMatchObject({
    name: 'new-member',
    hidden: false,
    retryMax: 10,
    onError: 'pause',
    maxParallel: 50,
    variables: [{ name: 'greeting', expressionTimeoutMs: 10_000 }],
  })
  expect(template.steps.map((step) => step.name)).toEqual(['getUser', 'createUser', 'prefix', 'again'])
  expect(template.steps[0]?.conditions[0]?.if[0]).toEqual({
    value: '{{.step.getUser.metadata.HTTPStatus}}',
    operator: 'EQ',
    expected: '404',
    listSeparator: ',',
    message: undefined,
  })
  expect(template.steps[1]).toMatchObject({
    dependencies: [{ step: 'getUser', states: ['NOT_FOUND'] }],
    action: {
      baseConfiguration: 'directory',
      output: { strategy: 'merge', format: { id: '{{.input.id}}' } },
    },
  })
  expect(template.steps[3]?.dependencies[1]).toEqual({ step: 'createUser', states: ['ANY'] })
})

test('every field of the language is known', () => {
  const template = load(`${head}tags: {team: '{{.input.team}}', level: 3}
inputs: [{name: team, description: Team, type: password, optional: yes, hidden: on}]
resolver_inputs: [{name: ok, type: bool, default: false}, {name: count, type: number}]
allowed_resolver_groups: [ops]
blocked: false
allow_task_start_over: true
variables: [{name: fixed, value: {a: 1}}, {name: slow, expression: '1', expression_timeout: 500ms}]
steps:
  all:
    idempotent: true
    retry_pattern: hours
    max_retries: -1
    execution_delay: 2000000000
    resources: [socket, mine]
    foreach: '{{.input.team}}'
    foreach_strategy: sequence
    json_schema: {type: object}
    pre_hook: {type: http, configuration: {url: 'http://x'}}
    action:
      type: echo
      configuration: {output: '{{.pre_hook.output.token}} {{.iterator}}'}
      output: {strategy: template, format: {x: '{{.step.this.output}}'}}
    conditions:
    - {type: skip, foreach: parent, final: true, if: [{value: 1, operator: lt, expected: 2}], then: {this: PRUNE}}
    - {type: skip, foreach: children, if: [{value: 'a;b', operator: IN, expected: a, list_separator: ;}], then: {this: PRUNE, all: DONE}}
`)
  expect(template.tags).toEqual({ team: '{{.input.team}}', level: '3' })
  expect(template.inputs[0]).toMatchObject({ optional: true, hidden: true, type: 'password' })
  expect(template.variables[1]?.expressionTimeoutMs).toBe(500)
  expect(template.steps[0]).toMatchObject({
    maxRetries: -1,
    executionDelayMs: 2000,
    foreachStrategy: 'sequence',
    conditions: [
      { final: true, foreach: 'parent', if: [{ value: '1', operator: 'LT' }] },
      { if: [{ listSeparator: ';' }] },
    ],
  })
})

test('our additions are known', () => {
  const template = load(`${head}on_error: fail
strict_values: true
priority: 5
max_parallel: 4
region: north
cleanup_after: 30d
troubleshooting: Look at the log.
locks: [{resource: 'host/{{.input.host}}', mode: shared, operation: reboot, on_conflict: wait, wait_timeout: 10m}]
links: [host/db1]
limits: [{resource: mail, capacity: 5, per: 1m}]
inputs: [{name: host}]
steps:
  a:
    timeout: 1m30s
    if: input.host !== 'db1'
    foreach: '[]'
    foreach_concurrency: 3
    on_parent_stop: leave
    action: {type: echo, configuration: {output: '{{.input.host | typed}}'}}
    conditions: [{type: check, on: [SERVER_ERROR], if: [], then: {this: DONE}}]
`)
  expect(template).toMatchObject({
    onError: 'fail',
    cleanupAfterMs: 30 * 86_400_000,
    locks: [{ mode: 'shared', onConflict: 'wait', waitTimeoutMs: 600_000 }],
    limits: [{ capacity: 5, perMs: 60_000 }],
    steps: [
      {
        timeoutMs: 90_000,
        foreachConcurrency: 3,
        onParentStop: 'leave',
        conditions: [{ on: ['SERVER_ERROR'] }],
      },
    ],
  })
})

test('scalars become texts where a text is expected, as written, and stay what they are in a configuration', () => {
  const template = load(`${head}doc_link: 12345
tags: {version: 1.50, big: 12345678901234567890, flag: true, hex: 0x1F}
steps:
  a:
    action: {type: echo, configuration: {output: {n: 1.5, flag: true, nothing: null, text: '1'}}}
`)
  expect(template.docLink).toBe('12345')
  expect(template.tags).toEqual({ version: '1.50', big: '12345678901234567890', flag: 'true', hex: '31' })
  expect(template.steps[0]?.action.configuration).toEqual({
    output: { n: 1.5, flag: true, nothing: null, text: '1' },
  })
})

test('keys match in any case, anchors and merge keys are followed', () => {
  const template = load(`NAME: sample
Description: A sample
title_format: Sample
steps:
  a: &common
    Action: &echo {type: echo}
    max_retries: 3
  b:
    <<: *common
    max_retries: 4
  c:
    action: *echo
`)
  expect(template.steps.map((step) => [step.action.type, step.maxRetries])).toEqual([
    ['echo', 3],
    ['echo', 4],
    ['echo', 0],
  ])
})

test('words that YAML 1.1 reads as booleans are texts here, with a warning', () => {
  const { template, findings } = checkTemplate(`${head}tags: {answer: yes}`)
  expect(template?.tags).toEqual({ answer: 'yes' })
  expect(findings).toMatchObject([{ line: 4, column: 16, code: 'yaml-boolean', severity: 'warning' }])
})

test.each(['y', 'N', 'off', 'ON'])('%s is such a word too', (word) => {
  const { findings } = checkTemplate(`${head}tags: {answer: ${word}, quoted: '${word}'}`)
  expect(findings.map((finding) => finding.code)).toEqual(['yaml-boolean'])
})

test('where a boolean is wanted, the words of YAML 1.1 are booleans', () => {
  const { template, findings } = checkTemplate(
    `${head}auto_runnable: on
inputs:
  - {name: sure, type: bool, optional: y, default: no, legal_values: [yes, no]}
  - {name: several, type: bool, collection: yes, default: [off, true]}
steps: {a: {action: {type: echo, configuration: {output: '[1]', unmarshal: yes}}}}`,
    { actions: new Map([['echo', { configuration: { properties: { unmarshal: { type: 'boolean' } } } }]]) },
  )
  expect(findings.filter((finding) => finding.severity === 'error')).toEqual([])
  expect(template).toMatchObject({ autoRunnable: true })
  expect(template?.inputs).toMatchObject([
    { optional: true, default: false, legalValues: [true, false] },
    { collection: true, default: [false, true] },
  ])
})

test('a number that would lose digits is kept as text, with a warning', () => {
  const { template, findings } = checkTemplate(
    `${head}steps: {a: {action: {type: echo, configuration: {output: 12345678901234567890}}}}`,
  )
  expect(template?.steps[0]?.action.configuration).toEqual({ output: '12345678901234567890' })
  expect(findings.map((finding) => finding.code)).toEqual(['number-precision'])
})

const greetFunction = `name: greet
description: Says hello
action: {type: echo, configuration: {output: '{{.function_args.who.name | upper}} {{index .function_args "how"}}'}}
custom_states: [SHY]
conditions: [{type: check, if: [{value: '{{.step.this.output}}', operator: EQ, expected: ''}], then: {this: SHY}}]
`

test('a function file tells its arguments, and a template that calls it must offer them', () => {
  const { function: greet, findings } = checkFunction(greetFunction)
  expect(findings).toEqual([])
  expect(greet).toMatchObject({ name: 'greet', customStates: ['SHY'], arguments: ['how', 'who.name'] })
  if (greet === undefined) throw new Error('no function')
  const check = (configuration: string, states = 'SHY') =>
    checkTemplate(
      `${head}steps:
  a: {action: {type: greet, configuration: ${configuration}}}
  b: {action: {type: echo}, dependencies: ['a:${states}']}`,
      { functions: new Map([['greet', greet]]), actions: new Map([['echo', { configuration: {} }]]) },
    ).findings.map((finding) => finding.code)
  expect(check('{who: {name: x}, how: warmly}')).toEqual([])
  expect(check("{who: '{{.task}}', how: warmly}")).toEqual([])
  expect(check('{who: {name: x}}')).toEqual(['missing-argument'])
  expect(check('{who: {name: x}, how: warmly}', 'LOUD')).toEqual(['unknown-state'])
})

test.each([
  ['{{.function_args.a}}', ['a']],
  ['{{.function_args.a | upper}} {{index .function_args "b"}}', ['a', 'b']],
  ['{{.function_args.a | default `no`}} {{coalesce .function_args.b .function_args.c "x"}}', []],
  ['{{(default "x" .function_args.a) | upper}} {{printf "%s" (.function_args.b | toJson)}}', []],
  ['{{if .function_args.a}}{{.function_args.a}}{{else}}{{.function_args.b}}{{end}}', ['b']],
  ['{{with .function_args.a}}{{.}}{{end}}{{if eq .function_args.b "x"}}y{{end}}', []],
  ['{{.function_args.a | default "x"}} {{.function_args.a}}', ['a']],
  ['{{range .function_args.list}}{{.}}{{end}}', ['list']],
])('a function with the text %j needs of its callers %j', (text, names) => {
  const file = JSON.stringify({ name: 'f', action: { type: 'echo', configuration: { output: text } } })
  expect(checkFunction(file).function?.arguments).toEqual(names)
})

test.each([
  ['action: {type: echo}', ['missing-key']],
  ['name: x', ['missing-key']],
  ['name: x\naction: {type: x}', ['cycle']],
  ['name: x\naction: {type: echo}\nsteps: {}', ['unknown-key']],
  [
    'name: x\naction: {type: echo}\nconditions: [{type: check, if: [], then: {other: DONE}}]',
    ['condition-target'],
  ],
])('the function %j is refused', (text, codes) => {
  expect(checkFunction(text).findings.map((finding) => finding.code)).toEqual(codes)
})
