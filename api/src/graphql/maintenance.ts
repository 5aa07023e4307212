import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Maintenance } from '../domains/maintenance/model.ts'
import { readMaintenance, refuseInMaintenance } from '../domains/maintenance/read.ts'
import { setMaintenance } from '../domains/maintenance/set.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'

/** Said by a mutation that works also while there is maintenance. */
export const duringMaintenance = { duringMaintenance: true } as const

/** Puts the rule in front of every mutation that does not say otherwise: a new one need not think of it. */
export function guardedMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve, extensions } = field
    if (extensions.duringMaintenance === true || resolve === undefined) continue
    const guarded: GraphQLFieldResolver<unknown, Context> = async (root, args, context, info) => {
      await refuseInMaintenance(context.parts.app)
      return resolve(root, args, context, info)
    }
    field.resolve = guarded
  }
  return schema
}

/** Undefined values: there is none. */
export const MaintenanceRef = builder.objectRef<{ now: Maintenance | undefined }>('Maintenance').implement({
  description: 'Whether the installation may only be read: nothing new starts, and every change is refused.',
  fields: (t) => ({
    on: t.boolean({ description: 'It may only be read.', resolve: ({ now }) => now !== undefined }),
    message: t.string({
      nullable: true,
      description: 'What whoever began it tells the others.',
      resolve: ({ now }) => now?.message ?? null,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it began.',
      resolve: ({ now }) => now?.since ?? null,
    }),
    by: t.string({
      nullable: true,
      description: 'Who began it; told to those who are signed in.',
      resolve: ({ now }, _args, { actor }) => (actor === undefined ? null : (now?.byName ?? null)),
    }),
    endsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is expected to be over; it ends when somebody ends it.',
      resolve: ({ now }) => now?.endsAt ?? null,
    }),
  }),
})

builder.queryField('maintenance', (t) =>
  t.field({
    type: MaintenanceRef,
    description: 'The maintenance of this installation.',
    authScopes: { signedIn: true },
    resolve: async (_root, _args, { parts }) => ({ now: await readMaintenance(parts.app) }),
  }),
)

const SetMaintenanceInput = builder.inputType('SetMaintenanceInput', {
  description: 'Switches the maintenance on or off, or changes what is said about it.',
  fields: (t) => ({
    on: t.boolean({ required: true, description: 'True: from now on it may only be read.' }),
    message: t.string({ description: 'What people read meanwhile.' }),
    endsAt: t.field({ type: 'DateTime', description: 'When it is expected to be over.' }),
  }),
})

builder.mutationField('setMaintenance', (t) =>
  t.field({
    type: MaintenanceRef,
    description:
      'Begins or ends the maintenance of all processes: running steps are finished, nothing new starts, every change is refused as `maintenance` with the time to come back.',
    authScopes: { permission: 'maintenance.manage' },
    extensions: duringMaintenance,
    args: { input: t.arg({ type: SetMaintenanceInput, required: true, description: 'What it shall be.' }) },
    resolve: async (_root, { input }, { parts, actor }) => ({
      now: await setMaintenance(parts.app, actor, input),
    }),
  }),
)
