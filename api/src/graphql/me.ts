import { changePassword } from '../domains/access/change-password.ts'
import type { Actor } from '../domains/access/model.ts'
import { builder } from './builder.ts'
import { PermissionEnum, RoleEnum } from './enums.ts'

const MeRef = builder.objectRef<Actor>('Me').implement({
  description: 'Whoever asks.',
  fields: (t) => ({
    id: t.exposeID('userId', { description: 'UUID of the user.' }),
    name: t.exposeString('name', { description: 'What is typed at sign-in.' }),
    fullName: t.exposeString('fullName', { nullable: true, description: 'As people call this person.' }),
    groups: t.exposeStringList('groups', { description: 'Groups that templates may name as resolvers.' }),
    roles: t.expose('roles', { type: [RoleEnum], description: 'What gives permissions.' }),
    permissions: t.field({
      type: [PermissionEnum],
      description: 'What is allowed; with an API token only what that was made for.',
      resolve: ({ permissions }) => [...permissions].sort(),
    }),
    passwordExpired: t.boolean({
      description: 'Somebody else set the password; it should be changed.',
      resolve: ({ passwordExpired }) => passwordExpired ?? false,
    }),
    via: t.exposeString('via', { description: 'How it was proved: session, token, basic, header or code.' }),
  }),
})

builder.queryField('me', (t) =>
  t.field({
    type: MeRef,
    nullable: true,
    description: 'Whoever asks; null when nobody is signed in.',
    authScopes: { public: true },
    resolve: (_root, _args, { actor }) => actor ?? null,
  }),
)

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'A new password for oneself.',
  fields: (t) => ({
    current: t.string({ required: true, description: 'The password until now.' }),
    next: t.string({ required: true, description: 'The password from now on.' }),
  }),
})

builder.mutationField('changePassword', (t) =>
  t.field({
    type: MeRef,
    description: 'Changes one’s own password and ends all other sessions.',
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: ChangePasswordInput, required: true, description: 'Old and new.' }) },
    resolve: async (_root, { input }, { parts, actor }) => {
      await changePassword(parts.app, actor, input)
      return { ...(actor as Actor), passwordExpired: false }
    },
  }),
)
