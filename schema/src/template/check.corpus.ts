/**
 * Broken templates and what is said about them. A text stands for the steps of a template where it begins with `steps:`,
 * `inputs:` or the like; the three required lines are put before it, so its own first line is line 4.
 */
export interface BrokenTemplate {
  readonly promise: string
  readonly text: string
  /** `line:column code` in the order of the text; warnings with a leading `~`. */
  readonly findings: readonly string[]
}

export const requiredLines = `name: broken
description: A template with a fault
title_format: Broken
`

const step = (body: string): string =>
  `steps:\n  a:\n    action: {type: echo}\n${body.replace(/^/gm, '    ')}`

export const brokenTemplates: readonly BrokenTemplate[] = [
  // YAML
  { promise: 'a wrong indentation', text: 'steps:\n  a: 1\n b: 2', findings: ['6:1 yaml-syntax'] },
  { promise: 'a tab', text: 'steps:\n\ta: 1', findings: ['5:1 yaml-syntax'] },
  { promise: 'an open bracket', text: 'tags: [a, b\nsteps: {}', findings: ['5:1 yaml-syntax'] },
  { promise: 'a key twice', text: 'steps: {}\nsteps: {}', findings: ['5:1 duplicate-key'] },
  { promise: 'an unknown tag', text: 'priority: !int 3', findings: ['4:11 yaml-syntax'] },
  { promise: 'an unquoted handle', text: 'tags:\n  who: {{.input.x}}', findings: ['5:8 unquoted-handle'] },
  // shape
  { promise: 'an unknown key', text: 'step: {}', findings: ['4:1 unknown-key'] },
  { promise: 'a key of another object', text: 'base_output: {}', findings: ['4:1 unknown-key'] },
  { promise: 'an unknown key of a step', text: step('retry_patern: hours'), findings: ['7:5 unknown-key'] },
  { promise: 'a key that a run writes', text: step('state: DONE'), findings: ['7:5 run-time-key'] },
  { promise: 'a key in two spellings', text: 'hidden: true\nHidden: true', findings: ['5:1 duplicate-key'] },
  { promise: 'a list for an object', text: 'steps: [a]', findings: ['4:8 wrong-type'] },
  { promise: 'an object for a text', text: 'doc_link: {a: b}', findings: ['4:11 wrong-type'] },
  { promise: 'a word for a boolean', text: 'hidden: maybe', findings: ['4:9 wrong-type'] },
  { promise: 'a text that is too short', text: 'doc_link: x', findings: ['4:11 wrong-length'] },
  { promise: 'a number out of range', text: 'max_parallel: 0', findings: ['4:15 out-of-range'] },
  { promise: 'a word that is no choice', text: 'on_error: stop', findings: ['4:11 wrong-value'] },
  { promise: 'a step without an action', text: 'steps:\n  a: {}', findings: ['5:3 missing-key'] },
  {
    promise: 'an action without a type',
    text: 'steps:\n  a:\n    action: {}',
    findings: ['6:13 missing-key'],
  },
  { promise: 'a duration without a unit', text: step('timeout: 30'), findings: ['7:14 wrong-value'] },
  { promise: 'a delay that is too long', text: step('execution_delay: 1m'), findings: ['7:22 out-of-range'] },
  {
    promise: 'a step named this',
    text: 'steps:\n  this:\n    action: {type: echo}',
    findings: ['5:3 reserved-name'],
  },
  { promise: 'a reserved tag', text: 'tags:\n  _utask_parent_task_id: x', findings: ['5:3 reserved-name'] },
  {
    promise: 'an infinite number',
    text: step('json_schema: {minimum: .inf}'),
    findings: ['7:28 wrong-value'],
  },
  {
    promise: 'auto_runnable with resolver inputs',
    text: 'auto_runnable: true\nresolver_inputs:\n  - name: x',
    findings: ['4:16 conflict'],
  },
  {
    promise: 'allow_all without auto_runnable',
    text: 'allow_all_resolver_usernames: true',
    findings: ['4:31 conflict'],
  },
  {
    promise: 'base_output beside output',
    text: 'steps:\n  a:\n    action:\n      type: echo\n      output: {strategy: none}\n      base_output: {a: b}',
    findings: ['~8:15 conflict'],
  },
  {
    promise: 'an output strategy without a format',
    text: 'steps:\n  a:\n    action: {type: echo, output: {strategy: merge}}',
    findings: ['6:34 missing-key'],
  },
  {
    promise: 'a merged output that is no object',
    text: 'steps:\n  a:\n    action: {type: echo, base_output: [1]}',
    findings: ['6:39 wrong-type'],
  },
  { promise: 'a NUL in a text', text: 'tags: {x: "a\\0b"}', findings: ['4:11 wrong-value'] },
  { promise: 'half a character in a key', text: 'tags: {"\\ud800": b}', findings: ['4:8 wrong-value'] },
  // inputs and variables
  { promise: 'an input without a name', text: 'inputs:\n  - type: bool', findings: ['5:5 missing-key'] },
  {
    promise: 'an unknown input type',
    text: 'inputs:\n  - {name: x, type: date}',
    findings: ['5:21 wrong-value'],
  },
  { promise: 'an input twice', text: 'inputs:\n  - name: x\n  - name: x', findings: ['6:11 duplicate-name'] },
  {
    promise: 'a pattern that RE2 lacks',
    text: "inputs:\n  - {name: x, regex: '(?=a)'}",
    findings: ['5:22 invalid-regex'],
  },
  {
    promise: 'regex beside legal values',
    text: 'inputs:\n  - {name: x, regex: a, legal_values: [a]}',
    findings: ['5:22 conflict'],
  },
  {
    promise: 'a legal value of a wrong type',
    text: 'inputs:\n  - {name: x, type: number, legal_values: [1, two]}',
    findings: ['5:47 wrong-type'],
  },
  {
    promise: 'a default of a wrong type',
    text: 'inputs:\n  - {name: x, default: 404}',
    findings: ['5:24 invalid-default'],
  },
  {
    promise: 'a default that is not legal',
    text: 'inputs:\n  - {name: x, legal_values: [a], default: b}',
    findings: ['5:43 invalid-default'],
  },
  {
    promise: 'an element of a list default that does not match',
    text: "inputs:\n  - {name: x, collection: true, regex: '^a', default: [ab, b]}",
    findings: ['5:55 invalid-default'],
  },
  { promise: 'a variable without content', text: 'variables:\n  - name: v', findings: ['5:5 conflict'] },
  {
    promise: 'a variable with both',
    text: "variables:\n  - {name: v, value: 1, expression: '1'}",
    findings: ['5:37 conflict'],
  },
  {
    promise: 'a time-out for a value',
    text: 'variables:\n  - {name: v, value: 1, expression_timeout: 1s}',
    findings: ['5:45 conflict'],
  },
  // graph
  { promise: 'a dependency on nothing', text: step('dependencies: [b]'), findings: ['7:20 unknown-step'] },
  { promise: 'a dependency on itself', text: step('dependencies: [a]'), findings: ['7:20 cycle'] },
  {
    promise: 'a cycle of three',
    text: `steps:
  a: {action: {type: echo}, dependencies: [c]}
  b: {action: {type: echo}, dependencies: [a]}
  c: {action: {type: echo}, dependencies: [b]}`,
    findings: ['6:44 cycle'],
  },
  {
    promise: 'a state that the target never takes',
    text: `steps:
  a: {action: {type: echo}, custom_states: [FOUND]}
  b: {action: {type: echo}, dependencies: ['a:FUND']}`,
    findings: ['6:44 unknown-state'],
  },
  {
    promise: 'ANY beside another state',
    text: 'steps:\n  a: {action: {type: echo}}\n  b: {action: {type: echo}, dependencies: ["a:ANY,DONE"]}',
    findings: ['6:44 conflict'],
  },
  {
    promise: 'two entries for one target',
    text: 'steps:\n  a: {action: {type: echo}}\n  b: {action: {type: echo}, dependencies: [a, "a:ANY"]}',
    findings: ['6:47 duplicate-name'],
  },
  {
    promise: 'a custom state that is built in',
    text: step('custom_states: [DONE]'),
    findings: ['7:21 reserved-name'],
  },
  {
    promise: 'a strategy without a loop',
    text: step('foreach_strategy: sequence'),
    findings: ['7:23 conflict'],
  },
  // conditions
  {
    promise: 'a skip that leaves its step alone',
    text: `steps:
  a: {action: {type: echo}}
  b:
    action: {type: echo}
    dependencies: [a]
    conditions:
      - type: skip
        if: [{value: a, operator: EQ, expected: a}]
        then: {a: DONE}`,
    findings: ['10:9 skip-without-this'],
  },
  {
    promise: 'an unknown operator',
    text: step('conditions:\n  - type: check\n    if: [{value: a, operator: LIKE}]\n    then: {this: DONE}'),
    findings: ['9:35 wrong-value'],
  },
  {
    promise: 'a number comparison with a word',
    text: step(
      "conditions:\n  - type: check\n    if: [{value: '{{.step.this.state}}', operator: gt, expected: many}]\n    then: {this: DONE}",
    ),
    findings: ['9:70 not-a-number'],
  },
  {
    promise: 'a condition pattern that is none',
    text: step(
      "conditions:\n  - type: check\n    if: [{value: a, operator: REGEXP, expected: '['}]\n    then: {this: DONE}",
    ),
    findings: ['9:53 invalid-regex'],
  },
  {
    promise: 'a state that a condition cannot set',
    text: step('conditions:\n  - type: check\n    if: []\n    then: {this: RUNNING}'),
    findings: ['10:22 unknown-state'],
  },
  {
    promise: 'a condition on a stranger',
    text: `steps:
  b: {action: {type: echo}}
  a:
    action: {type: echo}
    conditions: [{type: check, if: [], then: {b: DONE}}]`,
    findings: ['8:47 condition-target'],
  },
  {
    promise: 'a step that names itself',
    text: step('conditions: [{type: check, if: [], then: {a: DONE}}]'),
    findings: ['7:47 condition-target'],
  },
  {
    promise: 'a condition that is set on a skip',
    text: step('conditions: [{type: skip, on: [DONE], if: [], then: {this: DONE}}]'),
    findings: ['7:36 conflict'],
  },
  // handles
  {
    promise: 'a handle that is not closed',
    text: step("foreach: 'a {{.input.x'"),
    findings: ['7:17 handle-syntax'],
  },
  {
    promise: 'the second handle of a text',
    text: `inputs: [{name: x}]\n${step("foreach: '{{.input.x}} and {{.input.y}}'")}`,
    findings: ['8:34 unknown-input'],
  },
  {
    promise: 'a handle behind a pipe',
    text: `inputs: [{name: x}]\n${step("foreach: '{{.input.x | default .input.y}}'")}`,
    findings: ['8:36 unknown-input'],
  },
  {
    promise: 'a handle deep in a configuration block',
    text: `steps:
  a:
    action:
      type: echo
      configuration:
        output:
          list:
            - text: |
                first line
                  second {{.input.nope}}`,
    findings: ['13:28 unknown-input'],
  },
  {
    promise: 'a handle in a folded text behind an escape',
    text: step('foreach: "caf\\u00e9 \\\n  \\U0001F600 {{ .input.nope }}"'),
    findings: ['8:21 unknown-input'],
  },
  {
    promise: 'an unknown step',
    text: `result_format:\n  x: '{{.step.b.output}}'\n${step('')}`,
    findings: ['5:9 unknown-step'],
  },
  {
    promise: 'an unknown step by field',
    text: step(`foreach: '{{field "step" "my-step" "output"}}'`),
    findings: ['7:17 unknown-step'],
  },
  {
    promise: 'an unknown field of a step',
    text: step("foreach: '{{.step.this.outputs}}'"),
    findings: ['7:17 unknown-step-field'],
  },
  {
    promise: 'an unknown field of the task',
    text: step("foreach: '{{.task.requester}}'"),
    findings: ['7:17 unknown-task-field'],
  },
  {
    promise: 'an unknown beginning',
    text: step("foreach: '{{.inputs.x}}'"),
    findings: ['7:17 unknown-root'],
  },
  {
    promise: 'an unknown variable',
    text: step(`foreach: '{{eval "v"}}'`),
    findings: ['7:17 unknown-variable'],
  },
  {
    promise: 'an unknown function',
    text: step("foreach: '{{.task | uper}}'"),
    findings: ['7:25 unknown-function'],
  },
  {
    promise: 'a refused function',
    text: step(`foreach: '{{env "HOME"}}'`),
    findings: ['7:17 refused-function'],
  },
  {
    promise: 'typed beside other text',
    text: step("foreach: 'x {{.task | typed}}'"),
    findings: ['7:27 misplaced-typed'],
  },
  {
    promise: 'a comparison with a state that does not exist',
    text: `result_format:\n  x: '{{if eq .step.a.state "DONNE"}}y{{end}}'\n${step('')}`,
    findings: ['5:29 unknown-state'],
  },
  {
    promise: 'this where there is no step',
    text: `result_format:\n  x: '{{.step.this.output}}'\n${step('')}`,
    findings: ['5:9 no-step-here'],
  },
  {
    promise: 'a step in a title',
    text: `tags:\n  x: '{{.step.a.output}}'\n${step('')}`,
    findings: ['~5:9 no-step-here'],
  },
  {
    promise: 'an item outside of a loop',
    text: step(
      "conditions: [{type: check, if: [{value: '{{.iterator}}', operator: EQ}], then: {this: DONE}}]",
    ),
    findings: ['~7:48 no-iterator'],
  },
  {
    promise: 'a step that it does not wait for',
    text: "steps:\n  a: {action: {type: echo}}\n  b: {action: {type: echo}, foreach: '{{.step.a.output}}'}",
    findings: ['~6:41 not-a-dependency'],
  },
  {
    promise: 'an output that the schema does not have',
    text: `steps:
  a: {action: {type: echo}, json_schema: {properties: {id: {type: string}}}}
  b: {action: {type: echo}, dependencies: [a], foreach: '{{.step.a.output.idd}}'}`,
    findings: ['6:60 unknown-output'],
  },
  // actions
  {
    promise: 'an unknown action',
    text: 'steps:\n  a: {action: {type: eko}}',
    findings: ['5:22 unknown-action'],
  },
  {
    promise: 'an unknown base configuration',
    text: 'steps:\n  a: {action: {type: echo, base_configuration: nope}}',
    findings: ['5:48 unknown-base-configuration'],
  },
  {
    promise: 'a configuration key that the action lacks',
    text: 'steps:\n  a: {action: {type: fetch, configuration: {url: u, verb: GET}}}',
    findings: ['5:53 unknown-key'],
  },
  {
    promise: 'a missing configuration key',
    text: 'steps:\n  a: {action: {type: fetch, configuration: {method: GET}}}',
    findings: ['5:44 action-configuration'],
  },
  {
    promise: 'a wrong value in the base configuration',
    text: `base_configurations:
  b: {url: u, method: PULL}
steps:
  a: {action: {type: fetch, base_configuration: b}}`,
    findings: ['5:23 action-configuration'],
  },
  {
    promise: 'a wrong type deep in a configuration',
    text: 'steps:\n  a: {action: {type: fetch, configuration: {url: u, headers: [{name: 1}]}}}',
    findings: ['5:70 action-configuration'],
  },
]
