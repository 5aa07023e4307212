import type { StepDependency, TemplateInput, TemplateStep } from '@stint/schema/template-types'
import { mayNameResolvers } from '../domains/tasks/approval.ts'
import { isVisibleTemplate, type TemplateRow, whyNotRun } from '../domains/templates/model.ts'
import { listTemplates, readTemplate } from '../domains/templates/read.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { InputTypeEnum } from './enums.ts'
import { connectionOfPage, forwardArgs, pageCost, readPage, textFrom } from './paging.ts'
import { TaskRef } from './task.ts'

export const StepDependencyRef = builder.objectRef<StepDependency>('StepDependency').implement({
  description: 'A step that must be over first.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Its name.' }),
    states: t.exposeStringList('states', { description: 'In one of these states; ANY for whichever end.' }),
  }),
})

interface NumberedStep extends TemplateStep {
  readonly no: number
}

const TemplateStepRef = builder.objectRef<NumberedStep>('TemplateStep').implement({
  description: 'A step as a template describes it.',
  fields: (t) => ({
    no: t.exposeInt('no', { description: 'Its place, from 0.' }),
    name: t.exposeString('name', { description: 'Unique within the template.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    action: t.string({ description: 'The type of action it runs.', resolve: ({ action }) => action.type }),
    dependencies: t.field({
      type: [StepDependencyRef],
      description: 'Steps that must be over first.',
      resolve: ({ dependencies }) => [...dependencies],
    }),
  }),
})

const TemplateInputRef = builder.objectRef<TemplateInput>('TemplateInput').implement({
  description: 'A value that a template asks for.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique within the form.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    type: t.expose('type', { type: InputTypeEnum, description: 'What it takes.' }),
    regex: t.exposeString('regex', {
      nullable: true,
      description: 'A regular expression (RE2) that it must match.',
    }),
    legalValues: t.field({
      type: ['JSON'],
      nullable: true,
      description: 'The values that it takes, when they are few.',
      resolve: ({ legalValues }) => (legalValues ? [...legalValues] : null),
    }),
    collection: t.exposeBoolean('collection', { description: 'A list of such values.' }),
    optional: t.exposeBoolean('optional', { description: 'May be left out.' }),
    default: t.expose('default', {
      type: 'JSON',
      nullable: true,
      description: 'The value when it is left out.',
    }),
    hidden: t.exposeBoolean('hidden', { description: 'Forms do not show it.' }),
  }),
})

/** An old version can be started as long as the template, which is its newest version, can. */
async function whyNot(template: TemplateRow, { parts, actor }: Context): Promise<string | null> {
  const latest = template.isLatest ? template : await readTemplate(parts.app, actor, template.name)
  if (latest === undefined) return 'You may not see this template.'
  return whyNotRun(actor, latest) ?? null
}

export const TemplateRef = builder.objectRef<TemplateRow>('Template')
builder.node(TemplateRef, {
  description:
    'One version of a template: what a task of this kind asks for and does. Versions never change.',
  id: { resolve: ({ id }) => id },
  loadManyWithoutCache: (ids, { read, actor }) =>
    Promise.all(
      ids.map(async (id) => {
        const template = await read.templates.load(id)
        return template !== undefined && isVisibleTemplate(actor, template) ? template : null
      }),
    ),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The same for all of its versions.' }),
    version: t.exposeInt('version', { description: 'Ascending from 1.' }),
    isLatest: t.exposeBoolean('isLatest', { description: 'New tasks start from this version.' }),
    source: t.exposeString('source', { description: 'shipped, folder or saved.' }),
    description: t.exposeString('description', { description: 'What it does, in a sentence.' }),
    longDescription: t.string({
      nullable: true,
      description: 'What it does, at length.',
      resolve: ({ definition }) => definition.longDescription ?? null,
    }),
    docLink: t.string({
      nullable: true,
      description: 'Where more is written about it.',
      resolve: ({ definition }) => definition.docLink ?? null,
    }),
    troubleshooting: t.string({
      nullable: true,
      description: 'What to try when a task of it fails.',
      resolve: ({ definition }) => definition.troubleshooting ?? null,
    }),
    text: t.exposeString('text', { description: 'The YAML that somebody wrote.' }),
    inputs: t.field({
      type: [TemplateInputRef],
      description: 'What it asks of whoever starts it.',
      resolve: ({ definition }) => [...definition.inputs],
    }),
    resolverInputs: t.field({
      type: [TemplateInputRef],
      description: 'What it asks of whoever approves it.',
      resolve: ({ definition }) => [...definition.resolverInputs],
    }),
    steps: t.field({
      type: [TemplateStepRef],
      description: 'What it does, in the order of the text.',
      resolve: ({ definition }) => definition.steps.map((step, no) => ({ ...step, no })),
    }),
    hidden: t.exposeBoolean('hidden', { description: 'Lists show it only to those who manage templates.' }),
    blocked: t.exposeBoolean('blocked', { description: 'Nothing can be started from it now.' }),
    autoRunnable: t.boolean({
      description: 'Runs without an approval when whoever starts it could give that.',
      resolve: ({ definition }) => definition.autoRunnable,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When this version came.' }),
    createdBy: t.exposeString('createdBy', { description: 'Who saved it; `folder` for a file.' }),
    canRun: t.boolean({
      description: 'The caller may start a task from it now.',
      resolve: async (template, _args, context) => (await whyNot(template, context)) === null,
    }),
    whyNotRun: t.string({
      nullable: true,
      description: 'Why not, as a sentence.',
      resolve: (template, _args, context) => whyNot(template, context),
    }),
    mayNameResolvers: t.boolean({
      description: 'The caller may say who else approves and answers a task of it.',
      resolve: ({ definition }, _args, { actor }) =>
        actor !== undefined && mayNameResolvers(actor, definition),
    }),
  }),
})

const TemplateEdge = builder.edgeObject({
  type: TemplateRef,
  name: 'TemplateEdge',
  description: 'One of a list of templates, with its place.',
})

const TemplateConnection = builder.connectionObject(
  { type: TemplateRef, name: 'TemplateConnection', description: 'A page of a list of templates.' },
  TemplateEdge,
)

const authScopes = { permission: 'template.view' } as const

builder.queryFields((t) => ({
  template: t.field({
    type: TemplateRef,
    nullable: true,
    description: 'A template by its name; null when it is missing or not visible to you.',
    authScopes,
    args: {
      name: t.arg.string({ required: true, description: 'Its name.' }),
      version: t.arg.int({ description: 'Which version; the newest when absent.' }),
    },
    resolve: async (_root, { name, version }, { parts, actor }) =>
      (await readTemplate(parts.app, actor, name, version ?? undefined)) ?? null,
  }),
  templates: t.field({
    type: TemplateConnection,
    description: 'The newest versions of all templates, by name.',
    authScopes,
    complexity: pageCost,
    args: forwardArgs,
    resolve: async (_root, args, { parts, actor }) => {
      const asked = readPage(args)
      const page = await listTemplates(parts.app, actor, { after: textFrom(asked), size: asked.size })
      return connectionOfPage(page, args.after, ({ name }) => name)
    },
  }),
}))

builder.objectField(TaskRef, 'template', (t) =>
  t.field({
    type: TemplateRef,
    nullable: true,
    description: 'The version that it runs, whatever became of the template since.',
    authScopes,
    unauthorizedResolver: () => null,
    resolve: async ({ templateId }, _args, { read }) =>
      templateId === null ? null : ((await read.templates.load(templateId)) ?? null),
  }),
)
