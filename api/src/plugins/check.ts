import { permissions } from '@stint/schema/words'
import type { Action } from '../engine/action.ts'
import { schemaProblem, valueProblem } from '../engine/template/json-schema.ts'
import type { Plugin, PluginRoute } from './plugin.ts'

const typePattern = /^[a-z][a-z0-9._-]*$/
const namePattern = /^[a-z0-9][a-z0-9-]*$/

function schemaComplaint(name: string, schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return `${name} must be a JSON Schema`
  const problem = schemaProblem(schema as Record<string, unknown>)
  return problem === undefined ? undefined : `${name} is no JSON Schema: ${problem}`
}

/** What is wrong with an action of a plug-in, which no compiler may have looked at. */
export function complaintsAboutAction(action: Action<never>): string[] {
  const { type, description, configuration, output, metadata, example, idempotent, run } = action
  const label = `action ${JSON.stringify(type ?? '')}`
  if (typeof type !== 'string' || !typePattern.test(type))
    return [`${label}: type must be a word of small letters, digits, points, hyphens and underscores`]
  const found = [
    typeof description === 'string' && description !== '' ? undefined : 'description must be given',
    schemaComplaint('configuration', configuration),
    output === undefined ? undefined : schemaComplaint('output', output),
    metadata === undefined ? undefined : schemaComplaint('metadata', metadata),
    typeof idempotent === 'boolean' || typeof idempotent === 'function'
      ? undefined
      : 'idempotent must be true, false or a function',
    typeof run === 'function' ? undefined : 'run must be a function',
  ].filter((complaint) => complaint !== undefined)
  const isUsable = found.length === 0 && example !== undefined
  const problem = isUsable ? valueProblem(configuration, example) : undefined
  if (problem !== undefined) found.push(`example does not fit configuration: ${problem}`)
  return found.map((complaint) => `${label}: ${complaint}`)
}

function complaintAboutRoute({ method, path, access, handle }: PluginRoute): string | undefined {
  const label = `route ${method} ${path}`
  if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) return `${label}: unknown method`
  if (typeof path !== 'string' || !path.startsWith('/')) return `${label}: path must begin with a slash`
  const isKnown =
    access === 'anybody' || access === 'signed-in' || (permissions as readonly string[]).includes(access)
  if (!isKnown) return `${label}: access must be anybody, signed-in or a permission`
  return typeof handle === 'function' ? undefined : `${label}: handle must be a function`
}

export function complaintsAboutPlugin(name: string, plugin: Plugin): string[] {
  const { actions = [], authenticate, configuration, routes = [] } = plugin
  const known = new Set(['name', 'actions', 'authenticate', 'configuration', 'routes'])
  const unknown = Object.keys(plugin).filter((key) => !known.has(key))
  return [
    namePattern.test(name)
      ? undefined
      : `its name ${JSON.stringify(name)} must be small letters, digits and hyphens`,
    unknown.length === 0 ? undefined : `unknown parts: ${unknown.join(', ')}`,
    authenticate === undefined || typeof authenticate === 'function'
      ? undefined
      : 'authenticate must be a function',
    configuration === undefined || typeof configuration.read === 'function'
      ? undefined
      : 'configuration must have a function read',
    ...actions.flatMap(complaintsAboutAction),
    ...routes.map(complaintAboutRoute),
  ].filter((complaint) => complaint !== undefined)
}
