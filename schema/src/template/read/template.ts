import { limits } from '../../limits.ts'
import { onErrorChoices } from '../../words.ts'
import { normalisedName } from '../name.ts'
import type { Template } from '../types.ts'
import { readLimits, readLocks } from './additions.ts'
import { durationOf } from './duration.ts'
import { readInputs, readVariables } from './inputs.ts'
import type { Entry, Fields, Place } from './reader.ts'
import type { Reading } from './reading.ts'
import { type ReadStep, readStep } from './step.ts'

const templateKeys = [
  'name',
  'description',
  'long_description',
  'doc_link',
  'title_format',
  'result_format',
  'allowed_resolver_usernames',
  'allowed_resolver_groups',
  'allow_all_resolver_usernames',
  'auto_runnable',
  'blocked',
  'hidden',
  'retry_max',
  'allow_task_start_over',
  'inputs',
  'resolver_inputs',
  'variables',
  'tags',
  'base_configurations',
  'steps',
  'on_error',
  'strict_values',
  'locks',
  'links',
  'limits',
  'priority',
  'max_parallel',
  'region',
  'cleanup_after',
  'troubleshooting',
] as const
type TemplateFields = Fields<(typeof templateKeys)[number]>

/** A template as read, with the places that the rules between its parts point at. */
export interface ReadTemplate {
  readonly template: Template
  readonly steps: readonly ReadStep[]
  readonly bases: ReadonlyMap<string, Place>
}

/** µTask's defaults, and where it has none the engine's. */
const defaults = { retryMax: 100, maxParallel: 50 }

/** As in Compose and OpenAPI: what only the author reads, often a place for anchors. */
const isOwnKey = (key: string) => key.startsWith('x-')

export function readTemplate(reading: Reading, root: Place, stepsMax: number): ReadTemplate | undefined {
  const fields = reading.reader.object(root, 'a template', templateKeys, misplaced, isOwnKey)
  if (fields === undefined) return undefined
  const bases = fields.base_configurations ? readBases(reading, fields.base_configurations) : []
  const stepEntries = fields.steps === undefined ? [] : reading.reader.entries(fields.steps, 'steps')
  if (stepEntries.length > stepsMax) {
    const { key } = stepEntries[stepsMax] as Entry
    reading.reader.fault(
      key,
      'too-large',
      `A template may have ${stepsMax} steps; this one has ${stepEntries.length}.`,
    )
  }
  const steps = stepEntries.slice(0, stepsMax).flatMap((entry) => readStep(reading, entry) ?? [])
  const template: Template = {
    ...readTexts(reading, fields),
    ...readPeople(reading, fields),
    ...readRunning(reading, fields),
    inputs: fields.inputs ? readInputs(reading, fields.inputs, 'inputs') : [],
    resolverInputs: fields.resolver_inputs
      ? readInputs(reading, fields.resolver_inputs, 'resolver_inputs')
      : [],
    variables: fields.variables ? readVariables(reading, fields.variables) : [],
    tags: fields.tags ? readTags(reading, fields.tags) : {},
    baseConfigurations: Object.fromEntries(bases.map((base) => [base.name, base.value])),
    steps: steps.map((read) => read.step),
  }
  checkRunRights(reading, fields, template)
  return { template, steps, bases: new Map(bases.map((base) => [base.name, base.place])) }
}

function misplaced(key: string): { code: 'unknown-key'; message: string } | undefined {
  const homes: Record<string, string> = {
    base_output: 'an action',
    configuration: 'an action',
    action: 'a step',
    dependencies: 'a step',
    conditions: 'a step',
    foreach: 'a step',
    retry_pattern: 'a step',
    max_retries: 'a step',
    timeout: 'a step',
    idempotent: 'a step',
  }
  const home = homes[key]
  return home === undefined
    ? undefined
    : { code: 'unknown-key', message: `"${key}" belongs to ${home}; move it there.` }
}

function readTexts(
  reading: Reading,
  fields: TemplateFields,
): Pick<
  Template,
  'name' | 'description' | 'longDescription' | 'docLink' | 'titleFormat' | 'resultFormat' | 'troubleshooting'
> {
  const { nameLengthMin: least, nameLengthMax: most, textLengthMax } = limits
  const required = (key: 'name' | 'description' | 'title_format', sentence: string): string => {
    const at = fields[key]
    if (at === undefined) return reading.missing(fields.$, key, sentence) ?? ''
    return reading.sizedText(at, key, least, most) ?? ''
  }
  const optional = (key: 'long_description' | 'doc_link' | 'troubleshooting', bytesMax: number) => {
    const at = fields[key]
    return at && reading.sizedText(at, key, least, bytesMax)
  }
  const titleFormat = required('title_format', 'it makes the title of each task.')
  if (fields.title_format) reading.note(fields.title_format, titleFormat, { where: 'task' })
  return {
    name: normalisedName(required('name', 'a template needs one.')),
    description: required('description', 'one sentence saying what it does.'),
    longDescription: optional('long_description', textLengthMax),
    docLink: optional('doc_link', most),
    titleFormat,
    resultFormat: fields.result_format ? readResultFormat(reading, fields.result_format) : {},
    troubleshooting: optional('troubleshooting', textLengthMax),
  }
}

/** Keys are templated here too, besides the texts. */
function readResultFormat(reading: Reading, place: Place): Record<string, unknown> {
  const use = { where: 'result' } as const
  for (const entry of reading.reader.entries(place, 'result_format')) reading.note(entry.key, entry.name, use)
  const value = reading.templatedValue(place, use)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function readPeople(
  reading: Reading,
  fields: TemplateFields,
): Pick<
  Template,
  | 'allowedResolverUsernames'
  | 'allowedResolverGroups'
  | 'allowAllResolverUsernames'
  | 'autoRunnable'
  | 'blocked'
  | 'hidden'
  | 'allowTaskStartOver'
> {
  const { reader } = reading
  const names = (key: 'allowed_resolver_usernames' | 'allowed_resolver_groups') => {
    const at = fields[key]
    return at === undefined ? [] : reader.texts(at, key).map((item) => item.text)
  }
  return {
    allowedResolverUsernames: names('allowed_resolver_usernames'),
    allowedResolverGroups: names('allowed_resolver_groups'),
    allowAllResolverUsernames: flag(reading, fields, 'allow_all_resolver_usernames'),
    autoRunnable: flag(reading, fields, 'auto_runnable'),
    blocked: flag(reading, fields, 'blocked'),
    hidden: flag(reading, fields, 'hidden'),
    allowTaskStartOver: flag(reading, fields, 'allow_task_start_over'),
  }
}

type FlagKey =
  | 'allow_all_resolver_usernames'
  | 'auto_runnable'
  | 'blocked'
  | 'hidden'
  | 'allow_task_start_over'
  | 'strict_values'

function flag(reading: Reading, fields: TemplateFields, key: FlagKey): boolean {
  const at = fields[key]
  return at !== undefined && (reading.reader.flag(at, key) ?? false)
}

function checkRunRights(reading: Reading, fields: TemplateFields, template: Template): void {
  if (template.autoRunnable && template.resolverInputs.length > 0) {
    reading.reader.fault(
      fields.auto_runnable ?? fields.$,
      'conflict',
      'A template with resolver_inputs waits for a resolver; it cannot be auto_runnable.',
    )
  }
  if (template.allowAllResolverUsernames && !template.autoRunnable) {
    reading.reader.fault(
      fields.allow_all_resolver_usernames ?? fields.$,
      'conflict',
      'allow_all_resolver_usernames only has a meaning together with auto_runnable: true.',
    )
  }
}

function readRunning(
  reading: Reading,
  fields: TemplateFields,
): Pick<
  Template,
  | 'retryMax'
  | 'onError'
  | 'strictValues'
  | 'priority'
  | 'maxParallel'
  | 'region'
  | 'locks'
  | 'links'
  | 'limits'
  | 'cleanupAfterMs'
> {
  const { reader } = reading
  return {
    retryMax:
      (fields.retry_max && reader.integer(fields.retry_max, 'retry_max', 0, 1e6)) ?? defaults.retryMax,
    onError: (fields.on_error && reader.choice(fields.on_error, 'on_error', onErrorChoices)) ?? 'pause',
    strictValues: flag(reading, fields, 'strict_values'),
    priority: (fields.priority && reader.integer(fields.priority, 'priority', -1000, 1000)) ?? 0,
    maxParallel:
      (fields.max_parallel && reader.integer(fields.max_parallel, 'max_parallel', 1, 1000)) ??
      defaults.maxParallel,
    region: fields.region && reader.text(fields.region, 'region'),
    locks: fields.locks && readLocks(reading, fields.locks),
    links:
      fields.links &&
      reader.items(fields.links, 'links').flatMap((item) => {
        return reading.templatedText(item, 'a link', { where: 'task' }) ?? []
      }),
    limits: fields.limits && readLimits(reading, fields.limits),
    cleanupAfterMs: fields.cleanup_after && durationOf(reading, fields.cleanup_after, 'cleanup_after'),
  }
}

function readTags(reading: Reading, place: Place): Record<string, string> {
  return Object.fromEntries(
    reading.reader.entries(place, 'tags').flatMap((entry) => {
      if (entry.name === '_utask_parent_task_id') {
        reading.reader.fault(
          entry.key,
          'reserved-name',
          'The engine itself writes the tag _utask_parent_task_id.',
        )
      }
      const text = reading.templatedText(entry.value, 'a tag', { where: 'task' })
      return text === undefined ? [] : [[entry.name, text]]
    }),
  )
}

function readBases(reading: Reading, place: Place): { name: string; value: unknown; place: Place }[] {
  return reading.reader.entries(place, 'base_configurations').map((entry) => ({
    name: entry.name,
    value: reading.templatedValue(entry.value, { where: 'shared' }),
    place: entry.value,
  }))
}
