import { updateSetting, viewSettings } from '../domains/access/settings.ts'
import type { SettingInForce } from '../domains/settings/read.ts'
import { builder } from './builder.ts'

/** What a definition says besides its type and default, whichever kind it is. */
function bound<K extends string>({ definition }: SettingInForce, name: K): unknown {
  return name in definition ? definition[name as never] : null
}

const SettingRef = builder.objectRef<SettingInForce>('Setting').implement({
  description: 'What administrators may change while the product runs.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    description: t.string({
      description: 'What it does.',
      resolve: ({ definition }) => definition.description,
    }),
    type: t.string({
      description: 'boolean, integer, choice, duration or list.',
      resolve: ({ definition }) => definition.type,
    }),
    value: t.expose('value', { type: 'JSON', description: 'The value in force.' }),
    default: t.field({
      type: 'JSON',
      description: 'The value when nobody changed it.',
      resolve: ({ definition }) => definition.default,
    }),
    choices: t.field({
      type: ['JSON'],
      nullable: true,
      description: 'For a choice: the values that it takes.',
      resolve: (setting) => bound(setting, 'choices') as unknown[] | null,
    }),
    minimum: t.float({
      nullable: true,
      description: 'For a number: the least.',
      resolve: (setting) => bound(setting, 'minimum') as number | null,
    }),
    maximum: t.float({
      nullable: true,
      description: 'For a number: the greatest.',
      resolve: (setting) => bound(setting, 'maximum') as number | null,
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last changed; null while it is the default.',
    }),
    updatedBy: t.exposeString('updatedBy', { nullable: true, description: 'Who changed it last.' }),
  }),
})

builder.queryField('settings', (t) =>
  t.field({
    type: [SettingRef],
    description: 'Every setting, by name.',
    authScopes: { permission: 'setting.view' },
    resolve: (_root, _args, { parts, actor }) => viewSettings(parts.app, actor),
  }),
)

const UpdateSettingInput = builder.inputType('UpdateSettingInput', {
  description: 'A new value for a setting.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which one.' }),
    value: t.field({ type: 'JSON', required: true, description: 'The value, of the type of the setting.' }),
  }),
})

builder.mutationField('updateSetting', (t) =>
  t.field({
    type: SettingRef,
    description: 'Changes a setting in all processes; stands on the audit record.',
    authScopes: { permission: 'setting.manage' },
    args: { input: t.arg({ type: UpdateSettingInput, required: true, description: 'Which and what.' }) },
    resolve: (_root, { input }, { parts, actor }) =>
      updateSetting(parts.app, actor, { name: input.name, value: input.value }),
  }),
)
