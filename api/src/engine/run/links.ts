import { Problem } from '../../base/problem.ts'
import { isWant, type Link, mergeLinks, resourceOf, type Want } from '../lock.ts'
import { cleanText } from './error-summary.ts'
import type { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import type { RunValues } from './values.ts'

/** A resource that whoever creates a task names, besides those of its template. */
export interface RequestedLock {
  readonly resource: string
  readonly mode?: Link['mode']
  readonly operation?: string
  readonly onConflict?: Link['onConflict']
  readonly waitMs?: number
}

const linksMax = 200
const nameLengthMax = 300

const plainLink = { operation: '', mode: undefined, onConflict: undefined, waitMs: undefined }
const noCapacity = { capacity: undefined, perMs: undefined }

/**
 * The resources that a template names, rendered with the values of one task, those of the request, and the limits that the
 * installation sets for its template and label. Problem `invalid-request` for a text that names no resource.
 */
export function linksOf(
  plan: Plan,
  label: string,
  values: RunValues,
  masker: Masker,
  requested: readonly RequestedLock[],
  limitOf: (name: string) => number | undefined,
): Link[] {
  const { locks = [], links = [], limits = [], name } = plan.template
  const named = (text: string) => resourceNamed(masker.mask(values.text(text)), text)
  const all: Link[] = [
    ...locks.map((lock) => ({
      ...named(lock.resource),
      ...noCapacity,
      operation: lock.operation ?? '',
      mode: lock.mode,
      onConflict: lock.onConflict,
      waitMs: lock.waitTimeoutMs,
    })),
    ...links.map((text) => ({ ...named(text), ...plainLink, ...noCapacity })),
    ...limits.map(({ resource, capacity, perMs }) => ({
      ...limitNamed(masker.mask(values.text(resource)), resource),
      ...plainLink,
      mode: 'limit' as const,
      onConflict: 'wait' as const,
      capacity,
      perMs,
    })),
    ...requestedLinks(requested, masker),
    ...settingLimits([`template:${name}`, `label:${label}`], limitOf),
  ]
  const merged = mergeLinks(all)
  if (merged.length > linksMax) {
    throw new Problem(
      'invalid-request',
      `A task may name ${linksMax} resources; this one names ${merged.length}.`,
    )
  }
  return merged
}

/** What whoever creates a task asks for besides its template. Problem `invalid-request`. */
export function requestedLinks(requested: readonly RequestedLock[], masker: Masker): Link[] {
  return requested.map((lock) => ({
    ...resourceNamed(masker.mask(lock.resource), lock.resource),
    ...noCapacity,
    operation: lock.operation ?? '',
    mode: lock.mode,
    onConflict: lock.onConflict ?? (lock.mode && 'fail'),
    waitMs: lock.waitMs,
  }))
}

/** The limits that an installation sets, of those that these labels name. */
export function settingLimits(
  labels: readonly string[],
  limitOf: (name: string) => number | undefined,
): Want[] {
  return labels.flatMap((label) => {
    const capacity = limitOf(label)
    if (capacity === undefined) return []
    const id = cleanText(label, nameLengthMax)
    return [
      {
        type: 'limit',
        id,
        ...plainLink,
        mode: 'limit' as const,
        onConflict: 'wait' as const,
        capacity,
        perMs: undefined,
      },
    ]
  })
}

export function wantsOf(links: readonly Link[]): Want[] {
  return links.filter(isWant)
}

function resourceNamed(text: string, source: string) {
  const resource = resourceOf(cleanText(text, nameLengthMax))
  if (resource && resource.type !== 'limit') return resource
  throw new Problem(
    'invalid-request',
    `"${source}" names no resource: it became "${text}", and should be like host/db1.`,
  )
}

function limitNamed(text: string, source: string) {
  const id = cleanText(text, nameLengthMax).trim()
  if (id !== '') return { type: 'limit', id }
  throw new Problem('invalid-request', `"${source}" names no limit: it became an empty text.`)
}
