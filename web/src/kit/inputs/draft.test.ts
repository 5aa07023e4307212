import { checkInputs } from '@stint/schema/inputs'
import type { TemplateInput } from '@stint/schema/template-types'
import { describe, expect, it } from 'vitest'
import { draftOfValues, restoreDraft, startDraft, storableDraft, valuesOfDraft } from './draft.ts'

const input = (change: Partial<TemplateInput> & { name: string }): TemplateInput => ({
  type: 'string',
  collection: false,
  optional: false,
  hidden: false,
  ...change,
})

const inputs: TemplateInput[] = [
  input({ name: 'name', regex: '^[A-Z]' }),
  input({ name: 'team', legalValues: ['platform', 'network'], default: 'network' }),
  input({ name: 'size', legalValues: [1, 2, 4], type: 'number' }),
  input({ name: 'quota', type: 'number', default: 10 }),
  input({ name: 'vpn', type: 'bool', optional: true }),
  input({ name: 'groups', collection: true, optional: true, default: ['all'] }),
  input({ name: 'secret', type: 'password', default: 'never shown' }),
]

describe('the form of a template', () => {
  it('begins with the defaults, but never with a secret', () => {
    expect(startDraft(inputs)).toEqual({
      name: '',
      team: '1',
      size: '',
      quota: '10',
      vpn: false,
      groups: ['all'],
      secret: '',
    })
  })

  it('gives values of the right types, and leaves out what is empty', () => {
    const draft = {
      ...startDraft(inputs),
      name: 'Ada',
      size: '2',
      quota: '2.5',
      groups: ['a', '', 'b'],
      vpn: true,
    }
    expect(valuesOfDraft(inputs, draft)).toEqual({
      name: 'Ada',
      team: 'network',
      size: 4,
      quota: 2.5,
      vpn: true,
      groups: ['a', 'b'],
    })
  })

  it('leaves what is no number as text, so that the same checker as the server refuses it', () => {
    const values = valuesOfDraft(inputs, { ...startDraft(inputs), quota: 'ten' })
    expect(values.quota).toBe('ten')
    expect(checkInputs(inputs, values).problems.map((problem) => problem.name)).toContain('quota')
  })
})

describe('a draft in the browser', () => {
  it('never keeps a secret', () => {
    expect(storableDraft(inputs, { name: 'Ada', secret: 'hunter2' })).toEqual({ name: 'Ada' })
  })

  it('begins with what was chosen before; a secret stays as it is shown', () => {
    const secret = [...inputs.slice(0, 1), input({ name: 'token', type: 'password' })]
    expect(draftOfValues(secret, { name: 'Ada', token: '••••' })).toEqual({ name: 'Ada', token: '••••' })
    expect(startDraft(secret)).toEqual({ name: '', token: '' })
  })

  it('survives a template that has changed since', () => {
    const stored = { name: 'Ada', gone: 'x', vpn: 'yes', groups: ['b'] }
    expect(restoreDraft(startDraft(inputs), stored)).toEqual({
      ...startDraft(inputs),
      name: 'Ada',
      groups: ['b'],
    })
  })
})
