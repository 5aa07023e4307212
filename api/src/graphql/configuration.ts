import { type ListedItem, listItems } from '../domains/configuration/read.ts'
import { builder } from './builder.ts'

const ConfigurationItemRef = builder.objectRef<ListedItem>('ConfigurationItem').implement({
  description: 'What this installation tells its templates as `.config.NAME`; its value is never shown.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Lower case with dashes; templates may write it in any case, and _ for -.',
    }),
    source: t.exposeString('source', { description: 'file, environment, or the plug-in it comes from.' }),
    allowed: t.exposeBoolean('allowed', {
      description: 'Templates may read it: the setting configuration_allow or the file .allow lists it.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it changed last, where that is known.',
    }),
  }),
})

builder.queryField('configurationItems', (t) =>
  t.field({
    type: [ConfigurationItemRef],
    description: 'The configuration items of this process, by name.',
    authScopes: { permission: 'setting.view' },
    resolve: (_root, _args, { parts, actor }) => listItems(parts.configuration, actor),
  }),
)
