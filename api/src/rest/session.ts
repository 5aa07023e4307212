import { createRoute, z } from '@hono/zod-openapi'
import { permissions, roles } from '@stint/schema/words'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { App } from '../base/app.ts'
import { authenticate, sessionCookie } from '../domains/access/authenticate.ts'
import type { Actor } from '../domains/access/model.ts'
import { type OpenedSession, signIn, signInWithCode, signOut } from '../domains/access/sessions.ts'
import { isSecure } from './guard.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import { actorOf, type RestContext } from './request.ts'

const Me = z
  .object({
    id: z.string(),
    name: z.string(),
    fullName: z.string().nullable(),
    groups: z.array(z.string()),
    roles: z.array(z.enum(roles)),
    permissions: z.array(z.enum(permissions)),
    passwordExpired: z.boolean(),
    via: z.string(),
  })
  .openapi('Me')

const Session = z.object({ me: Me.nullable() }).openapi('Session')

const sessionAnswer = {
  200: { description: 'Who is signed in.', content: { 'application/json': { schema: Session } } },
}

const json = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

const routes = {
  signIn: createRoute({
    method: 'post',
    path: '/api/sign-in',
    summary: 'Sign in with name and password; the session comes as a cookie.',
    request: json(z.object({ name: z.string().max(1000), password: z.string().max(10_000) }).strict()),
    responses: { ...sessionAnswer, ...problemAnswers(400, 401, 429) },
  }),
  signInCode: createRoute({
    method: 'post',
    path: '/api/sign-in/code',
    summary: 'Sign in with the code of a sign-in link, which is then used up.',
    request: json(z.object({ code: z.string().max(1000) }).strict()),
    responses: { ...sessionAnswer, ...problemAnswers(400, 401, 429) },
  }),
  signOut: createRoute({
    method: 'post',
    path: '/api/sign-out',
    summary: 'End the session of the cookie.',
    responses: sessionAnswer,
  }),
  session: createRoute({
    method: 'get',
    path: '/api/session',
    summary: 'Who is signed in; null, and not an error, when it is nobody.',
    responses: { ...sessionAnswer, ...problemAnswers(401) },
  }),
}

function shown(actor: Actor): z.infer<typeof Me> {
  return {
    id: actor.userId,
    name: actor.name,
    fullName: actor.fullName ?? null,
    groups: [...actor.groups],
    roles: [...actor.roles],
    permissions: [...actor.permissions],
    passwordExpired: actor.passwordExpired ?? false,
    via: actor.via,
  }
}

function giveCookie(app: App, c: RestContext, { secret, expiresAt }: OpenedSession): void {
  setCookie(c, sessionCookie, secret, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    secure: isSecure(app, c.get('facts')),
    expires: expiresAt,
  })
}

/** Sign-in, sign-out and who is there. */
export function sessionRoutes(app: App) {
  const anybody = access(app, 'anybody')
  const opened = (c: RestContext, session: OpenedSession) => {
    giveCookie(app, c, session)
    return { me: shown(session.actor) }
  }
  return openapi()
    .openapi({ ...routes.signIn, ...anybody }, async (c) => {
      return c.json(opened(c, await signIn(app, c.get('facts'), c.req.valid('json'))), 200)
    })
    .openapi({ ...routes.signInCode, ...anybody }, async (c) => {
      return c.json(opened(c, await signInWithCode(app, c.get('facts'), c.req.valid('json').code)), 200)
    })
    .openapi({ ...routes.signOut, ...anybody }, async (c) => {
      const actor = await authenticate(app, c.get('facts'))
      if (actor !== undefined) await signOut(app, actor)
      deleteCookie(c, sessionCookie, { path: '/' })
      return c.json({ me: null }, 200)
    })
    .openapi({ ...routes.session, ...anybody }, async (c) => {
      const actor = await actorOf(app, c)
      return c.json({ me: actor === undefined ? null : shown(actor) }, 200)
    })
}
