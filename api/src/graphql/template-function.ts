import { listFunctions, readFunction, type UsedFunction } from '../domains/templates/functions.ts'
import { builder } from './builder.ts'

const TemplateFunctionRef = builder.objectRef<UsedFunction>('TemplateFunction').implement({
  description: 'An action of the functions folder, called by templates by its name.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The word that templates use as `action.type`.' }),
    version: t.exposeInt('version', { description: 'Ascending from 1 with every change of its file.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    action: t.string({
      description: 'The action that it runs, which may be a function again.',
      resolve: ({ definition }) => definition.action.type,
    }),
    arguments: t.stringList({
      description: 'What its callers must say in their configuration, as paths with dots.',
      resolve: ({ definition }) => [...definition.arguments],
    }),
    customStates: t.stringList({
      description: 'States that a step calling it may take besides the usual ones.',
      resolve: ({ definition }) => [...definition.customStates],
    }),
    text: t.exposeString('text', { description: 'The YAML of its file.' }),
    source: t.exposeString('source', { description: 'Its file within the functions folder.' }),
    usedBy: t.stringList({
      description: 'The templates that call it, also through other functions.',
      resolve: ({ usedBy }) => [...usedBy],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When this version came.' }),
  }),
})

const authScopes = { permission: 'template.view' } as const

builder.queryFields((t) => ({
  functions: t.field({
    type: [TemplateFunctionRef],
    description: 'The functions that templates may call, by name.',
    authScopes,
    resolve: (_root, _args, { parts, actor }) => listFunctions(parts.app, actor),
  }),
  function: t.field({
    type: TemplateFunctionRef,
    nullable: true,
    description: 'A function by its name; null when there is none.',
    authScopes,
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    resolve: async (_root, { name }, { parts, actor }) =>
      (await readFunction(parts.app, actor, name)) ?? null,
  }),
}))
