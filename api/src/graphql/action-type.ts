import type { Action } from '../engine/action.ts'
import { documentationOf, exampleOf, idempotenceOf, resourcesOf } from '../engine/action-documentation.ts'
import { builder } from './builder.ts'

const ActionTypeRef = builder.objectRef<Action>('ActionType').implement({
  description: 'A kind of work that steps can do.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'The word that templates use as `action.type`.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    documentation: t.string({
      description: 'All there is to know about it, in Markdown; made of its schemas.',
      resolve: documentationOf,
    }),
    configuration: t.expose('configuration', {
      type: 'JSON',
      description: 'JSON Schema of its configuration.',
    }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description: 'JSON Schema of its output.',
      resolve: ({ output }) => output ?? null,
    }),
    metadata: t.field({
      type: 'JSON',
      nullable: true,
      description: 'JSON Schema of what it says about its output.',
      resolve: ({ metadata }) => metadata ?? null,
    }),
    idempotent: t.string({
      description:
        'May it run again after an executor died under it? yes, no, or depends (on its configuration).',
      resolve: idempotenceOf,
    }),
    resources: t.stringList({
      description: 'Labels of what a run of the example uses; the setting resource_limits may limit them.',
      resolve: (action) => [...resourcesOf(action)],
    }),
    source: t.string({
      description: '`built-in`, or the file of the plug-in that brings it.',
      resolve: ({ type }, _args, { parts }) => parts.actions.sourceOf(type),
    }),
    example: t.string({
      nullable: true,
      description: 'A use of it, in YAML.',
      resolve: (action) => exampleOf(action) ?? null,
    }),
  }),
})

builder.queryField('actions', (t) =>
  t.field({
    type: [ActionTypeRef],
    description: 'What steps can do in this process, by type.',
    authScopes: { permission: 'template.view' },
    resolve: (_root, _args, { parts }) => parts.actions.all(),
  }),
)
