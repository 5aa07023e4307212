import type { TemplateLimit, TemplateLock } from '../types.ts'
import { durationOf } from './duration.ts'
import type { Place } from './reader.ts'
import type { Reading } from './reading.ts'

const lockKeys = ['resource', 'mode', 'operation', 'on_conflict', 'wait_timeout'] as const

/** `locks: [{resource: 'host/{{.input.host}}', mode: exclusive, on_conflict: wait, wait_timeout: 10m}]` */
export function readLocks(reading: Reading, place: Place): TemplateLock[] {
  const { reader } = reading
  return reader.items(place, 'locks').flatMap((item) => {
    const fields = reader.object(item, 'a lock', lockKeys)
    if (fields === undefined) return []
    const resource = readResource(reading, fields.resource, item)
    if (resource === undefined) return []
    const modes = ['exclusive', 'shared'] as const
    const conflicts = ['fail', 'wait', 'coalesce'] as const
    return [
      {
        resource,
        mode: (fields.mode && reader.choice(fields.mode, 'mode', modes)) ?? 'exclusive',
        operation: fields.operation && reader.text(fields.operation, 'operation'),
        onConflict:
          (fields.on_conflict && reader.choice(fields.on_conflict, 'on_conflict', conflicts)) ?? 'fail',
        waitTimeoutMs: fields.wait_timeout && durationOf(reading, fields.wait_timeout, 'wait_timeout'),
      },
    ]
  })
}

function readResource(reading: Reading, place: Place | undefined, at: Place): string | undefined {
  if (place === undefined) return reading.missing(at, 'resource', 'it names what is locked, as host/db1.')
  const resource = reading.templatedText(place, 'resource', { where: 'task' })
  if (resource !== undefined && !/^[^/]+\/.+/s.test(resource) && !resource.includes('{{')) {
    reading.reader.fault(place, 'wrong-value', 'A resource is written as type/id, as host/db1.')
  }
  return resource
}

const limitKeys = ['resource', 'capacity', 'per'] as const

/** `limits: [{resource: mail-relay, capacity: 5}]`, or with `per: 1m` five starts a minute. */
export function readLimits(reading: Reading, place: Place): TemplateLimit[] {
  const { reader } = reading
  return reader.items(place, 'limits').flatMap((item) => {
    const fields = reader.object(item, 'a limit', limitKeys)
    if (fields === undefined) return []
    if (fields.resource === undefined)
      return reading.missing(item, 'resource', 'it names what is limited.') ?? []
    if (fields.capacity === undefined)
      return reading.missing(item, 'capacity', 'it says how many at once.') ?? []
    const resource = reading.templatedText(fields.resource, 'resource', { where: 'task' })
    const capacity = reader.integer(fields.capacity, 'capacity', 1, 1e6)
    if (resource === undefined || capacity === undefined) return []
    return [{ resource, capacity, perMs: fields.per && durationOf(reading, fields.per, 'per') }]
  })
}
