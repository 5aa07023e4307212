import type { Finding } from '@stint/schema/template-types'
import { Problem } from '../base/problem.ts'
import { type SavedTemplate, saveTemplate, setTemplateBlocked } from '../domains/templates/save.ts'
import { builder } from './builder.ts'
import { TemplateRef } from './template.ts'
import { FindingRef } from './template-check.ts'

/** The member of the result that the editor draws beside its lines. */
export class TemplateProblem extends Error {
  readonly findings: readonly Finding[]

  constructor(problem: Problem) {
    super(problem.message, { cause: problem })
    this.findings = problem.details.findings as readonly Finding[]
  }
}

/** The findings become a member of the result; everything else goes on. */
export function asTemplateProblem(error: unknown): never {
  throw error instanceof Problem && error.code === 'invalid-template' ? new TemplateProblem(error) : error
}

builder.objectType(TemplateProblem, {
  name: 'TemplateProblem',
  description: 'The text was refused; nothing was written.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'A sentence about all of it.' }),
    findings: t.field({
      type: [FindingRef],
      description: 'What is wrong, in the order of the text.',
      resolve: ({ findings }) => [...findings],
    }),
  }),
})

const SavedTemplateRef = builder.objectRef<SavedTemplate>('SavedTemplate').implement({
  description: 'The text is stored.',
  fields: (t) => ({
    template: t.expose('template', { type: TemplateRef, description: 'The newest version.' }),
    isNewVersion: t.exposeBoolean('isNewVersion', {
      description: 'False: the newest version had this very text.',
    }),
  }),
})

const SaveTemplateInput = builder.inputType('SaveTemplateInput', {
  description: 'A template to store.',
  fields: (t) => ({
    text: t.string({ required: true, description: 'YAML; its `name` says which template it is.' }),
  }),
})

const SetTemplateBlockedInput = builder.inputType('SetTemplateBlockedInput', {
  description: 'Whether tasks may be started from a template.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which template.' }),
    blocked: t.boolean({ required: true, description: 'true: nothing can be started from it.' }),
  }),
})

const authScopes = { permission: 'template.manage' } as const

builder.mutationFields((t) => ({
  saveTemplate: t.field({
    type: SavedTemplateRef,
    description: 'Stores a text as the newest version of its template; stands on the audit record.',
    authScopes,
    errors: {
      types: [TemplateProblem],
      union: { name: 'SaveTemplateResult', description: 'The stored template, or why the text was refused.' },
    },
    args: { input: t.arg({ type: SaveTemplateInput, required: true, description: 'The text.' }) },
    resolve: (_root, { input }, { parts, actor }) =>
      saveTemplate(parts.app, parts.check, actor, input.text).catch(asTemplateProblem),
  }),
  setTemplateBlocked: t.field({
    type: TemplateRef,
    description:
      'Stops tasks from being started from a template, or lets them again; stands on the audit record.',
    authScopes,
    args: {
      input: t.arg({ type: SetTemplateBlockedInput, required: true, description: 'Which and whether.' }),
    },
    resolve: (_root, { input }, { parts, actor }) =>
      setTemplateBlocked(parts.app, actor, input.name, input.blocked),
  }),
}))
