import type { KeyRingState, RingKeyState, RotationState } from '../domains/keys/model.ts'
import { keyRing } from '../domains/keys/read.ts'
import { rotateKeys } from '../domains/keys/rotate.ts'
import { builder } from './builder.ts'
import { duringMaintenance } from './maintenance.ts'
import { TaskRef } from './task.ts'

const RingKeyRef = builder.objectRef<RingKeyState>('RingKey').implement({
  description: 'A key of the ring. Its secret stands in the key files and nowhere else.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Its name in the key files.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first seen here.' }),
    isNewest: t.exposeBoolean('isNewest', { description: 'It wraps the data keys of new tasks.' }),
    tasks: t.exposeInt('tasks', { description: 'Tasks whose data key it wraps.' }),
    mayBeRemoved: t.exposeBoolean('mayBeRemoved', {
      description: 'Nothing needs it: "stint keys remove" would take it out of the file.',
    }),
  }),
})

const KeyRotationRef = builder.objectRef<RotationState>('KeyRotation').implement({
  description: 'The newest rotation of the keys; a task like any other.',
  fields: (t) => ({
    kind: t.exposeString('kind', {
      description: 'rewrap: the data keys are wrapped anew; reencrypt: the values are sealed anew, too.',
    }),
    state: t.exposeString('state', { description: 'State of its task, or its result when that is over.' }),
    done: t.exposeInt('done', { description: 'Rows that are under the newest key already.' }),
    total: t.exposeInt('total', { description: 'Rows that there are.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it was over.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it does not go on.' }),
    task: t.field({
      type: TaskRef,
      nullable: true,
      description: 'Its task: cancel, resume and read it there; null when you may not see it.',
      resolve: async ({ taskId }, _args, { read }) => (await read.tasks.task(taskId)) ?? null,
    }),
  }),
})

const KeyRingStateRef = builder.objectRef<KeyRingState>('KeyRingState').implement({
  description: 'The keys that everything secret is sealed with.',
  fields: (t) => ({
    keys: t.field({ type: [RingKeyRef], description: 'Newest first.', resolve: ({ keys }) => [...keys] }),
    rotation: t.field({
      type: KeyRotationRef,
      nullable: true,
      description: 'The newest rotation; null when there was none.',
      resolve: ({ rotation }) => rotation ?? null,
    }),
  }),
})

builder.queryField('keys', (t) =>
  t.field({
    type: KeyRingStateRef,
    description: 'The keys of the ring, what needs them, and how far the newest rotation is.',
    authScopes: { permission: 'key.manage' },
    resolve: (_root, _args, { parts, actor }) => keyRing(parts.app, actor),
  }),
)

builder.mutationField('rotateKeys', (t) =>
  t.field({
    type: KeyRingStateRef,
    description:
      'Lets the newest key wrap and starts the task that wraps everything by it; afterwards the older keys may be removed.',
    authScopes: { permission: 'key.manage' },
    extensions: duringMaintenance,
    args: { reencrypt: t.arg.boolean({ description: 'Also seal all values anew, with new data keys.' }) },
    resolve: (_root, { reencrypt }, { parts, actor }) =>
      rotateKeys(parts, actor, { reencrypt: reencrypt === true }),
  }),
)
