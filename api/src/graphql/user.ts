import { setPassword } from '../domains/access/change-password.ts'
import { createUser, pageOfUsers, type User, updateUser, usersById } from '../domains/access/users.ts'
import { builder } from './builder.ts'
import { RoleEnum } from './enums.ts'
import { demandUuid, notFound } from './ids.ts'
import { connectionOfPage, forwardArgs, pageCost } from './paging.ts'

const when = { type: 'DateTime', nullable: true } as const

const UserRef = builder.objectRef<User>('User')
builder.node(UserRef, {
  description: 'Somebody who may sign in.',
  id: { resolve: ({ id }) => id },
  loadManyWithoutCache: async (ids, { parts, actor }) =>
    (await usersById(parts.app, actor, ids)).map((user) => user ?? null),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What is typed at sign-in.' }),
    fullName: t.exposeString('fullName', { nullable: true, description: 'As people call this person.' }),
    roles: t.expose('roles', { type: [RoleEnum], description: 'What gives permissions.' }),
    groups: t.exposeStringList('groups', { description: 'Groups that templates may name as resolvers.' }),
    disabledAt: t.expose('disabledAt', {
      ...when,
      description: 'Since when nobody may sign in as this user.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastSignInAt: t.expose('lastSignInAt', { ...when, description: 'The last sign-in.' }),
  }),
})

const UserEdge = builder.edgeObject({
  type: UserRef,
  name: 'UserEdge',
  description: 'One of a list of users, with its place.',
})

const UserConnection = builder.connectionObject(
  { type: UserRef, name: 'UserConnection', description: 'A page of users.' },
  UserEdge,
)

builder.queryField('users', (t) =>
  t.field({
    type: UserConnection,
    description: 'Everybody who may sign in, by name.',
    authScopes: { permission: 'user.manage' },
    complexity: pageCost,
    args: forwardArgs,
    resolve: async (_root, args, { parts, actor }) =>
      connectionOfPage(await pageOfUsers(parts.app, actor, args), args.after, ({ name }) =>
        name.toLowerCase(),
      ),
  }),
)

const userId = { required: true, description: 'The user: either form of its id.' } as const

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A new user.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What will be typed at sign-in.' }),
    fullName: t.string({ description: 'As people call this person.' }),
    password: t.string({
      description: 'To be changed at the first sign-in; absent for somebody who comes through a proxy.',
    }),
    roles: t.field({ type: [RoleEnum], required: true, description: 'What gives permissions.' }),
    groups: t.stringList({ description: 'Groups that templates may name as resolvers.' }),
  }),
})

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'Changes of a user; what is absent stays.',
  fields: (t) => ({
    userId: t.id(userId),
    fullName: t.string({ description: 'As people call this person.' }),
    roles: t.field({ type: [RoleEnum], description: 'All roles from now on.' }),
    groups: t.stringList({ description: 'All groups from now on.' }),
    disabled: t.boolean({ description: 'true ends all sessions and lets nobody in.' }),
  }),
})

const SetPasswordInput = builder.inputType('SetPasswordInput', {
  description: 'A new password for somebody else.',
  fields: (t) => ({
    userId: t.id(userId),
    password: t.string({ required: true, description: 'Its owner will be asked to change it.' }),
  }),
})

const authScopes = { permission: 'user.manage' } as const

builder.mutationFields((t) => ({
  createUser: t.field({
    type: UserRef,
    description: 'Makes a user; stands on the audit record.',
    authScopes,
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'The user.' }) },
    resolve: (_root, { input }, { parts, actor }) => createUser(parts.app, actor, input),
  }),
  updateUser: t.field({
    type: UserRef,
    description: 'Changes a user at once, open pages included; stands on the audit record.',
    authScopes,
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'What changes.' }) },
    resolve: (_root, { input }, { parts, actor }) =>
      updateUser(parts.app, actor, { ...input, userId: demandUuid('User', input.userId) }),
  }),
  setPassword: t.field({
    type: UserRef,
    description:
      'Sets the password of somebody else and ends all sessions of that user; stands on the audit record.',
    authScopes,
    args: { input: t.arg({ type: SetPasswordInput, required: true, description: 'Whose and which.' }) },
    resolve: async (_root, { input }, { parts, actor }) => {
      const id = demandUuid('User', input.userId)
      await setPassword(parts.app, actor, { userId: id, password: input.password })
      const [user] = await usersById(parts.app, actor, [id])
      if (user === undefined) throw notFound('User', input.userId)
      return user
    },
  }),
}))
