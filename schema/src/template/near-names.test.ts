import { expect, test } from 'vitest'
import { requiredLines } from './check.corpus.ts'
import { checkTemplate } from './check.ts'
import type { ActionShape } from './rules/actions.ts'
import type { TemplateFunction } from './types.ts'

const actions = new Map<string, ActionShape>([
  ['echo', { configuration: { type: 'object' } }],
  [
    'fetch',
    {
      configuration: {
        type: 'object',
        additionalProperties: false,
        properties: { url: { type: 'string' }, mode: { enum: ['quick', 'thorough'] } },
      },
      check: ({ mode = 'quick' }) => (mode === 'quick' ? [] : ['mode must be one of quick, thorough.']),
    },
  ],
])

const greet: TemplateFunction = {
  name: 'greet',
  description: 'Greets',
  action: { type: 'echo', configuration: {} },
  conditions: [],
  customStates: ['GREETED'],
  arguments: ['host', 'person.name'],
}

const call = 'a: {action: {type: greet, configuration: {host: h, person: {name: p}}}}'

test.each([
  ['an action', 'a: {action: {type: ecoh}}', 'ecoh', 'echo'],
  ['a function', 'a: {action: {type: gret}}', 'gret', 'greet'],
  ['an action of a pre_hook', 'a: {action: {type: echo}, pre_hook: {type: fecth}}', 'fecth', 'fetch'],
  [
    'a state of a function',
    `${call}\n  b: {action: {type: echo}, dependencies: ['a:GREETD']}`,
    "'a:GREETD'",
    'GREETED',
  ],
  [
    'a state that a check may be asked after',
    'a: {action: {type: echo}, conditions: [{type: check, on: [SERVER_EROR], if: [], then: {this: DONE}}]}',
    'SERVER_EROR',
    'SERVER_ERROR',
  ],
  [
    'an argument of a function',
    'a: {action: {type: greet, configuration: {hots: h, person: {name: p}}}}',
    'hots',
    'hots',
  ],
  [
    'an argument within another',
    'a: {action: {type: greet, configuration: {host: h, person: {nmae: p}}}}',
    'nmae',
    'person.nmae',
  ],
  ['a key of a configuration', 'a: {action: {type: fetch, configuration: {ulr: u}}}', 'ulr', 'url'],
  ['a word of a configuration', 'a: {action: {type: fetch, configuration: {mode: qiuck}}}', 'qiuck', 'quick'],
  ['a variable of a text', "a: {action: {type: echo}, foreach: '{{$one := 1}}{{$onne}}'}", '$onne', '$one'],
  [
    'a part that a text defines',
    `a: {action: {type: echo}, foreach: '{{define "head"}}x{{end}}{{template "hed"}}'}`,
    '{{template',
    'head',
  ],
  [
    'a type of JSON Schema',
    'a: {action: {type: echo}, json_schema: {properties: {x: {type: [string, nul]}}}}',
    'nul]',
    'null',
  ],
  [
    'a keyword of JSON Schema',
    'a: {action: {type: echo}, json_schema: {allOf: [{propertis: {}}]}}',
    'propertis',
    'properties',
  ],
])('%s that is nearly right is found at its place, with the name that was meant', (_, steps, slip, meant) => {
  const text = `${requiredLines}steps:\n  ${steps}`
  const lines = text.slice(0, text.indexOf(slip)).split('\n')
  const place = `${lines.length}:${(lines.at(-1) ?? '').length + 1}`
  const functions = new Map([['greet', greet]])
  const { findings } = checkTemplate(text, { actions, functions })
  expect(findings.map(({ line, column, message }) => [`${line}:${column}`, message])).toEqual([
    [
      place,
      expect.stringMatching(new RegExp(`; did you mean (that by )?"${meant.replace('$', '\\$')}"\\?$`)),
    ],
  ])
})

test('a keyword that resembles none, as those of other tools, is no fault', () => {
  const text = `${requiredLines}steps:\n  a: {action: {type: echo}, json_schema: {x-order: 1, widget: {type: slider}}}`
  expect(checkTemplate(text, { actions }).findings).toEqual([])
})
