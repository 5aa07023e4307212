import { isId } from '../base/ids.ts'
import { createApiToken, ownApiTokens, revokeApiToken } from '../domains/access/api-tokens.ts'
import type { ApiToken } from '../domains/access/store/api-token.ts'
import { builder } from './builder.ts'
import { PermissionEnum } from './enums.ts'
import { notFound } from './ids.ts'
import { duringMaintenance } from './maintenance.ts'

const when = { type: 'DateTime', nullable: true } as const

const ApiTokenRef = builder.objectRef<ApiToken>('ApiToken').implement({
  description: 'Lets a script act for a user, within bounds and for a time.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its UUID; not the secret.' }),
    name: t.exposeString('name', { description: 'What it is for.' }),
    permissions: t.expose('permissions', {
      type: [PermissionEnum],
      description: 'What it may do, as long as its user may.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
    lastUsedAt: t.expose('lastUsedAt', { ...when, description: 'When it was last used, to the minute.' }),
    revokedAt: t.expose('revokedAt', { ...when, description: 'When it was ended by hand.' }),
  }),
})

const CreatedApiToken = builder.objectRef<{ token: ApiToken; secret: string }>('CreatedApiToken').implement({
  description: 'A new token.',
  fields: (t) => ({
    token: t.expose('token', { type: ApiTokenRef, description: 'What is kept of it.' }),
    secret: t.exposeString('secret', { description: 'What the script sends. Shown only here, only now.' }),
  }),
})

builder.queryField('apiTokens', (t) =>
  t.field({
    type: [ApiTokenRef],
    description: 'One’s own tokens, newest first, with those that are over.',
    authScopes: { signedIn: true },
    resolve: (_root, _args, { parts, actor }) => ownApiTokens(parts.app, actor),
  }),
)

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A token to make.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What it is for.' }),
    permissions: t.field({
      type: [PermissionEnum],
      required: true,
      description: 'What it may do; no more than one may oneself.',
    }),
    expiresInDays: t.int({ required: true, description: 'Days until it ends by itself.' }),
  }),
})

const RevokeApiTokenInput = builder.inputType('RevokeApiTokenInput', {
  description: 'A token to end.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its UUID.' }) }),
})

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreatedApiToken,
    // The command line signs in by making one: who shall end a maintenance must be able to.
    extensions: duringMaintenance,
    description: 'Makes a token for scripts of one’s own; stands on the audit record.',
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'What it may.' }) },
    resolve: (_root, { input }, { parts, actor }) => createApiToken(parts.app, actor, input),
  }),
  revokeApiToken: t.field({
    type: ApiTokenRef,
    extensions: duringMaintenance,
    description: 'Ends a token at once, open subscriptions included; stands on the audit record.',
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: RevokeApiTokenInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, { parts, actor }) => {
      if (!isId(input.id)) throw notFound('ApiToken', input.id)
      return revokeApiToken(parts.app, actor, input.id)
    },
  }),
}))
