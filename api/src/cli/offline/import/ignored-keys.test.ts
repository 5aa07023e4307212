import { checkTemplate } from '@stint/schema/template'
import { expect, test } from 'vitest'
import { keysInWords, muteUnknownKeys } from './ignored-keys.ts'

const before = `name: leftover
title_format: left
description: Has keys that only older versions knew
allowed_resolver_tokens: []   # gone
common: &echo
  type: echo
  configuration: {output: shared}
inputs:
  - {name: a, optional: true, displayed: false}
  - {shown: 1, name: c, optional: true}
  - help: |
      of several

      lines
    name: b
    optional: true
steps:
  one:
    author:
      name: somebody
      mail: x@example
    action: *echo
`

test('keys that µTask ignores become comments, and nothing else changes', () => {
  const { text, keys } = muteUnknownKeys(before, checkTemplate(before).findings)
  expect(text).toBe(`name: leftover
title_format: left
description: Has keys that only older versions knew
# allowed_resolver_tokens: []   # gone
x-common: &echo
  type: echo
  configuration: {output: shared}
inputs:
  - {name: a, optional: true}
  - {name: c, optional: true}
  - # help: |
#       of several

#       lines
    name: b
    optional: true
steps:
  one:
    # author:
#       name: somebody
#       mail: x@example
    action: *echo
`)
  expect(keysInWords(keys)).toContain('allowed_resolver_tokens (line 4), common (line 5), displayed (line 9)')
  const { template, findings } = checkTemplate(text)
  expect([template?.inputs.map(({ name }) => name), findings]).toEqual([['a', 'c', 'b'], []])
})

test('a text without such keys, or that is no YAML, stays as it is', () => {
  const good = 'name: abc\ndescription: abc\ntitle_format: abc\nsteps: {}\n'
  for (const text of [good, 'name: [x'])
    expect(muteUnknownKeys(text, checkTemplate(text).findings)).toEqual({ text, keys: [] })
})
