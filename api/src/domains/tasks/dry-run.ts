import { checkInputs } from '@stint/schema/inputs'
import type { Finding, Template } from '@stint/schema/template-types'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { ActionRegistry } from '../../engine/action.ts'
import { dryRun } from '../../engine/dry-run/dry-run.ts'
import type { DryRunReport } from '../../engine/dry-run/report.ts'
import type { Link } from '../../engine/lock.ts'
import { isWant } from '../../engine/lock.ts'
import type { SharedSecrets } from '../../engine/run/mask.ts'
import { findHolders } from '../../engine/store/holder.ts'
import { type Actor, can, demand } from '../access/model.ts'
import { resourceLimitsOf } from '../settings/model.ts'
import { readSettings } from '../settings/read.ts'
import type { TemplateCheck } from '../templates/model.ts'
import { readTemplate } from '../templates/read.ts'
import { noSuchTemplate } from '../templates/save.ts'
import { InputProblem } from './input-problem.ts'

export interface DryRunParts {
  readonly app: App
  readonly actions: ActionRegistry
  readonly check: TemplateCheck
  readonly configuration: { readonly values: Record<string, unknown>; readonly secrets: SharedSecrets }
}

/** Either a template or a text. */
export interface DryRunWish {
  readonly template?: string | null
  readonly version?: number | null
  readonly text?: string | null
  readonly input: Record<string, unknown>
  readonly resolverInput?: Record<string, unknown> | undefined
}

export interface DryRunAnswer extends DryRunReport {
  /** Of a text: what the checker says. Of any: what cannot be rendered. */
  readonly findings: readonly Finding[]
  readonly locks: readonly DryRunLock[]
}

export interface DryRunLock extends Link {
  /** Who holds it now; whether the caller may see them is not asked here. */
  readonly holders: readonly string[]
}

/**
 * What a template would do with these inputs; nothing runs and nothing is written. Needs `template.view`. What configuration
 * items make of a text is shown to those who manage templates only: a template can turn a secret into something that no
 * masking finds. Throws `not-found`, `invalid-template` with the findings, and `InputProblem`.
 */
export async function dryRunTemplate(
  parts: DryRunParts,
  actor: Actor | undefined,
  wish: DryRunWish,
): Promise<DryRunAnswer> {
  demand(actor, 'template.view')
  const { app, actions, configuration } = parts
  const { template, findings } = await wanted(parts, actor, wish)
  const { input, resolverInput } = checkedValues(template, wish)
  const limits = resourceLimitsOf((await readSettings(app)).resource_limits)
  const report = await dryRun(
    {
      registry: actions,
      clock: app.clock,
      secrets: configuration.secrets,
      config: () => configuration.values,
      limitOf: (name) => limits.get(name),
    },
    {
      template,
      input,
      resolverInput,
      ownerName: actor.name,
      ownerGroups: [...actor.groups],
      showsConfiguration: can(actor, 'template.manage'),
    },
  )
  const locks = await withHolders(app, report.links)
  return { ...report, locks, findings: [...findings, ...report.problems.map(findingOf)] }
}

async function wanted(
  { app, check }: DryRunParts,
  actor: Actor,
  { template: name, version, text }: DryRunWish,
): Promise<{ template: Template; findings: readonly Finding[] }> {
  if ((name == null) === (text == null)) {
    throw new Problem('invalid-request', 'Say which template, or give a text; one of both.')
  }
  if (name != null) {
    const row = await readTemplate(app, actor, name, version ?? undefined)
    if (row === undefined) throw noSuchTemplate(name)
    return { template: row.definition, findings: [] }
  }
  const { template, findings } = await check(text ?? '')
  if (template !== undefined) return { template, findings }
  throw new Problem('invalid-template', 'The template has errors; mend what the findings name.', {
    details: { findings },
  })
}

function checkedValues(definition: Template, wish: DryRunWish) {
  const input = checkInputs(definition.inputs, wish.input)
  const resolver = wish.resolverInput && checkInputs(definition.resolverInputs, wish.resolverInput)
  const ofResolver = resolver?.problems.map((each) => ({ ...each, name: `resolverInput.${each.name}` })) ?? []
  const problems = [...input.problems, ...ofResolver]
  if (problems.length > 0) throw new InputProblem(problems)
  return { input: input.values, resolverInput: resolver?.values }
}

async function withHolders({ sql }: App, links: readonly Link[]): Promise<DryRunLock[]> {
  const wants = links.filter(isWant)
  const rows = wants.length === 0 ? [] : await findHolders(sql, wants)
  return wants.map((want) => ({
    ...want,
    holders: rows
      .filter(({ resourceType, resourceId }) => resourceType === want.type && resourceId === want.id)
      .map(({ taskId }) => taskId),
  }))
}

function findingOf(message: string): Finding {
  const path = message.slice(0, message.indexOf(':'))
  return { line: 1, column: 1, severity: 'warning', code: 'not-rendered', path, message }
}
