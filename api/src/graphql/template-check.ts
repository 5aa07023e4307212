import { limits } from '@stint/schema/limits'
import type { Finding } from '@stint/schema/template-types'
import { Problem } from '../base/problem.ts'
import type { CheckedText } from '../domains/templates/model.ts'
import { builder } from './builder.ts'

export const FindingRef = builder.objectRef<Finding>('Finding').implement({
  description: 'Something wrong in a template text, with its place.',
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'From 1.' }),
    column: t.exposeInt('column', { description: 'From 1.' }),
    severity: t.exposeString('severity', {
      description: 'error or warning; with an error the text cannot be saved.',
    }),
    code: t.exposeString('code', { description: 'A stable word for the kind of fault.' }),
    path: t.exposeString('path', { description: 'Where in the document, as `steps.create.action`.' }),
    message: t.exposeString('message', { description: 'What is wrong and what would be right.' }),
  }),
})

const TemplateCheckRef = builder.objectRef<CheckedText>('TemplateCheck').implement({
  description: 'What the checker says about a template text.',
  fields: (t) => ({
    isValid: t.boolean({
      description: 'It could be saved.',
      resolve: ({ template }) => template !== undefined,
    }),
    findings: t.field({
      type: [FindingRef],
      description: 'What is wrong, in the order of the text.',
      resolve: ({ findings }) => [...findings],
    }),
    template: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The template as it was understood, defaults filled in; null when it is not valid.',
      resolve: ({ template }) => template ?? null,
    }),
  }),
})

/** Throws `body-too-large`: the checker would read it all before saying so. */
export function demandSize(text: string): void {
  const limitBytes = limits.templateBytesMax
  if (Buffer.byteLength(text) <= limitBytes) return
  throw new Problem('body-too-large', `A template has at most ${limitBytes} bytes.`, {
    details: { limitBytes },
  })
}

builder.queryField('checkTemplate', (t) =>
  t.field({
    type: TemplateCheckRef,
    description: 'Checks a template text as saving it would; writes nothing.',
    authScopes: { permission: 'template.view' },
    args: { text: t.arg.string({ required: true, description: 'YAML; at most 1 MiB.' }) },
    resolve: (_root, { text }, { parts }) => {
      demandSize(text)
      return parts.check(text)
    },
  }),
)
