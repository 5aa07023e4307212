import type { Permission, Role } from '@stint/schema/words'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { callRest } from './rest.ts'
import { permissionOf } from './words.ts'

/** Who is signed in, as GET /api/session tells. */
export interface Me {
  readonly id: string
  readonly name: string
  readonly fullName: string | null
  readonly groups: readonly string[]
  readonly roles: readonly Role[]
  readonly permissions: readonly Permission[]
  readonly passwordExpired: boolean
}

interface SessionAnswer {
  me:
    | (Omit<Me, 'permissions' | 'roles'> & { permissions: readonly string[]; roles: readonly string[] })
    | null
}

export function meOfAnswer(answer: SessionAnswer): Me | null {
  const { me } = answer
  if (!me) return null
  return {
    ...me,
    groups: me.groups ?? [],
    roles: me.roles.map((role) => role.toLowerCase() as Role),
    permissions: me.permissions.map(permissionOf),
  }
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => meOfAnswer(await callRest<SessionAnswer>('GET', '/api/session')),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Signs in; the session cookie comes with the answer. Throws RestProblem `sign-in-failed`, `too-many-attempts`. */
export const signIn = (name: string, password: string) => callRest('POST', '/api/sign-in', { name, password })

/** Signs in by the single-use code of a sign-in link. Throws RestProblem `sign-in-code-used`. */
export const signInByCode = (code: string) => callRest('POST', '/api/sign-in/code', { code })

export const signOut = () => callRest('POST', '/api/sign-out', {})

export const SessionContext = createContext<Me | null>(null)

/** The person in front of the page. Only below the shell. */
export function useMe(): Me {
  const me = useContext(SessionContext)
  if (!me) throw new Error('useMe stands below the shell')
  return me
}

/** May the person in front of the page do this? The server decides again. */
export function useCan(permission: Permission): boolean {
  return useMe().permissions.includes(permission)
}
