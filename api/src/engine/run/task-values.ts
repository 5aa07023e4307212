import type { Template } from '@stint/schema/template-types'
import { type Masker, maskText } from './mask.ts'

/** What templates read as `.task`; µTask's names. */
export function taskValuesOf(row: {
  id: string
  createdAt: Date
  ownerName: string
  ownerGroups?: readonly string[]
  region: string | null
  resolvers: readonly string[]
  resolverGroups?: readonly string[]
  watchers: readonly string[]
  watcherGroups?: readonly string[]
  /** A task that is being made is as old as its making. */
  stateUpdatedAt?: Date
}): Record<string, unknown> {
  return {
    task_id: row.id,
    created: row.createdAt.toISOString(),
    requester_username: row.ownerName,
    ...(row.ownerGroups?.length && { requester_groups: row.ownerGroups.join(',') }),
    resolver_username: row.resolvers[0] ?? '',
    resolver_groups: row.resolverGroups?.join(',') ?? '',
    watcher_usernames: row.watchers.join(','),
    watcher_groups: row.watcherGroups?.join(',') ?? '',
    last_activity: (row.stateUpdatedAt ?? row.createdAt).toISOString(),
    // A task has one resolution here: they are one thing.
    resolution_id: row.id,
    region: row.region ?? 'default',
  }
}

/** Values that people typed into password fields: nothing that is stored in clear may show them. */
export function secretsOf(
  { template }: { readonly template: Template },
  ...inputs: readonly Record<string, unknown>[]
): string[] {
  const { inputs: own, resolverInputs } = template
  const names = new Set([...own, ...resolverInputs].filter((i) => i.type === 'password').map((i) => i.name))
  const values = inputs.flatMap((input) => [...names].map((name) => input[name])).flat()
  return values.filter((value): value is string => typeof value === 'string' && value !== '')
}

/** Inputs as people see them: a password shows as masked even when it is too short for the masker to look for it in text. */
export function maskInputs(
  template: Template | undefined,
  input: Record<string, unknown>,
  masker: Masker,
): Record<string, unknown> {
  const masked = masker.maskDeep(input) as Record<string, unknown>
  for (const definition of [...(template?.inputs ?? []), ...(template?.resolverInputs ?? [])]) {
    if (definition.type === 'password' && masked[definition.name] !== undefined)
      masked[definition.name] = maskText
  }
  return masked
}
