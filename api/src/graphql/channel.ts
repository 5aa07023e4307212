import { lastDeliveryOf, listChannels, readConfiguration } from '../domains/channels/read.ts'
import { deleteChannel, saveChannel } from '../domains/channels/save.ts'
import type { SealedChannel } from '../domains/channels/store.ts'
import { testChannel } from '../domains/channels/tell.ts'
import { builder } from './builder.ts'
import { DeliveryRef } from './delivery.ts'
import { ChannelKindEnum } from './enums.ts'

const ChannelRef = builder.objectRef<SealedChannel>('Channel').implement({
  description: 'Where notifications go. Its secrets are never readable.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    kind: t.expose('kind', { type: ChannelKindEnum, description: 'What it speaks.' }),
    enabled: t.exposeBoolean('enabled', { description: 'It is told things.' }),
    strategy: t.exposeString('strategy', {
      description: 'Which news it tells: always, failure_only, failure_or_done or silent.',
    }),
    target: t.exposeString('target', { description: 'Where it leads, without anything secret.' }),
    configuration: t.field({
      type: 'JSON',
      description: 'How it was set up; dots stand for secrets, and keep them when they are sent back.',
      resolve: (row, _args, { parts }) => readConfiguration(parts.channels.keys, row),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    updatedBy: t.exposeString('updatedBy', { description: 'Who changed it last.' }),
    lastDelivery: t.field({
      type: DeliveryRef,
      nullable: true,
      description: 'The newest thing it was told.',
      resolve: async (row, _args, { parts }) => (await lastDeliveryOf(parts.app, row)) ?? null,
    }),
  }),
})

const authScopes = { permission: 'channel.manage' } as const

builder.queryField('channels', (t) =>
  t.field({
    type: [ChannelRef],
    description: 'Every channel, by name.',
    authScopes,
    resolve: (_root, _args, { parts, actor }) => listChannels(parts.app, actor),
  }),
)

const ChannelInput = builder.inputType('ChannelInput', {
  description: 'A channel as it shall be.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name: small letters, digits, points, hyphens.' }),
    kind: t.field({ type: ChannelKindEnum, required: true, description: 'What it speaks.' }),
    enabled: t.boolean({ description: 'Absent: as it was; a new one is switched on.' }),
    strategy: t.string({ description: 'Absent: as it was; a new one tells failure_only.' }),
    configuration: t.field({
      type: 'JSON',
      required: true,
      description:
        'webhook: url, secret, headers, username, password, body_template; slack: url; email: smtp_…, from_address, to. For all: strategies and template_notification_strategies.',
    }),
  }),
})

builder.mutationFields((t) => ({
  saveChannel: t.field({
    type: ChannelRef,
    description: 'Writes a channel, new or not; stands on the audit record without its secrets.',
    authScopes,
    args: { input: t.arg({ type: ChannelInput, required: true, description: 'How it shall be.' }) },
    resolve: (_root, { input }, { parts, actor }) =>
      saveChannel(parts.app, parts.channels.keys, actor, input),
  }),
  deleteChannel: t.field({
    type: 'Boolean',
    description: 'Deletes a channel; false when there was none. What waits for it fails.',
    authScopes,
    args: { name: t.arg.string({ required: true, description: 'Which one.' }) },
    resolve: (_root, { name }, { parts, actor }) => deleteChannel(parts.app, actor, name),
  }),
  testChannel: t.field({
    type: DeliveryRef,
    description: 'Tells a channel that somebody tries it; answers when it has taken it, or after 10 s.',
    authScopes,
    args: { name: t.arg.string({ required: true, description: 'Which one.' }) },
    resolve: (_root, { name }, { parts, actor }) =>
      testChannel(parts.app, parts.channels.engine, actor, name),
  }),
}))
