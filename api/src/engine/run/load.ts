import type { Template } from '@stint/schema/template-types'
import type { AnySql } from '../../postgres/connect.ts'
import { wholeTask } from '../change.ts'
import { placeOf } from '../seal.ts'
import { findLivingChildren, type LivingChildren, type StepKey } from '../store/child.ts'
import { type DependencyRow, findDependenciesOf } from '../store/dependency.ts'
import { findResolvers } from '../store/event.ts'
import { findHoldingSteps } from '../store/hold.ts'
import { findLinks, type LinkRow, linkOfRow } from '../store/link.ts'
import { findPayloads, type PayloadRow } from '../store/payload.ts'
import { findSignals, type SignalRow } from '../store/signal.ts'
import { findSteps, type StepRow } from '../store/step.ts'
import type { TaskRow } from '../store/task.ts'
import type { RunHost } from './host.ts'
import { wantsOf } from './links.ts'
import { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import { findOutputs, restoreValues, type StoredOutputs } from './restore.ts'
import { patchOfStep, patchOfTask } from './row-patch.ts'
import { TaskRun } from './task-run.ts'
import { secretsOf, taskValuesOf } from './task-values.ts'
import type { UnloadableTask } from './unreadable.ts'
import { RunValues } from './values.ts'
import { bearingSteps } from './waiting.ts'

export interface LoadedRun {
  readonly run: TaskRun
  readonly signals: readonly SignalRow[]
}

/**
 * Builds runners for claimed tasks, set-wise: their steps, and of the finished ones only the outputs that some template text
 * may ask for. Needs no transaction: the claim made the rows ours.
 */
export async function loadRuns(
  sql: AnySql,
  host: RunHost,
  rows: readonly TaskRow[],
): Promise<{ loaded: LoadedRun[]; failed: UnloadableTask[] }> {
  const ids = rows.map((row) => row.id)
  const [payloads, steps, signals, links, holding] = await Promise.all([
    findPayloads(sql, ids),
    findSteps(sql, ids),
    findSignals(sql, ids),
    findLinks(sql, ids),
    findHoldingSteps(sql, ids),
  ])
  const linksOf = Map.groupBy(links, (row) => row.taskId)
  const holdingOf = Map.groupBy(holding, (row) => row.taskId)
  const payloadOf = new Map(payloads.map((row) => [row.taskId, row]))
  const stepsOf = Map.groupBy(steps, (row) => row.taskId)
  const signalsOf = Map.groupBy(signals, (row) => row.taskId)
  const plans = await plansOf(host, rows, payloadOf)
  const childrenOf = Map.groupBy(await livingChildren(sql, plans, stepsOf), (row) => row.taskId)
  const outputsOf = await findOutputs(sql, plans, stepsOf)
  const resolverOf = await resolversOf(sql, plans)
  const dependenciesOf = Map.groupBy(await dependencies(sql, rows), (row) => row.taskId)

  const loaded: LoadedRun[] = []
  const failed: UnloadableTask[] = []
  for (const row of rows) {
    try {
      const plan = plans.get(row.id)
      const payload = payloadOf.get(row.id)
      if (plan instanceof Error) throw plan
      if (!plan || !payload) throw new Error('the task has no definition')
      const run = buildRun(host, row, plan, {
        payload,
        steps: stepsOf.get(row.id) ?? [],
        outputs: outputsOf.get(row.id),
        links: linksOf.get(row.id) ?? [],
        holding: holdingOf.get(row.id) ?? [],
      })
      run.children.learn(childrenOf.get(row.id) ?? [])
      const resolver = resolverOf.get(row.id)
      if (resolver !== undefined) run.values.setTask({ resolver_username: resolver })
      run.dependencies = dependenciesOf.get(row.id) ?? []
      loaded.push({ run, signals: signalsOf.get(row.id) ?? [] })
    } catch (error) {
      failed.push({ row, error, steps: stepsOf.get(row.id) ?? [], signals: signalsOf.get(row.id) ?? [] })
    }
  }
  return { loaded, failed }
}

async function plansOf(host: RunHost, rows: readonly TaskRow[], payloadOf: ReadonlyMap<string, PayloadRow>) {
  const plans = new Map<string, Plan | Error>()
  for (const row of rows) {
    try {
      const payload = payloadOf.get(row.id)
      if (row.templateId) plans.set(row.id, await host.planOf(row.templateId))
      else if (payload?.definition) {
        const key = host.keys.open(row.id, payload.keyId, payload.wrappedKey)
        plans.set(
          row.id,
          host.planOfDefinition(key.openJson(payload.definition, placeOf.definition) as Template),
        )
      }
    } catch (error) {
      plans.set(row.id, error instanceof Error ? error : new Error(String(error)))
    }
  }
  return plans
}

/** Who accepted the tasks whose texts name him; no statement where none does. */
async function resolversOf(
  sql: AnySql,
  plans: ReadonlyMap<string, Plan | Error>,
): Promise<Map<string, string>> {
  const ids = [...plans]
    .filter(([, plan]) => !(plan instanceof Error) && plan.namesResolver)
    .map(([id]) => id)
  const rows = ids.length > 0 ? await findResolvers(sql, ids) : []
  return new Map(rows.map((row) => [row.taskId, row.actor]))
}

/** What those wait for that wait for others: thousands may wait for the same task, and are claimed together. */
async function dependencies(sql: AnySql, rows: readonly TaskRow[]): Promise<readonly DependencyRow[]> {
  const ids = rows
    .filter(({ reason }) => reason === 'dependency' || reason === 'approval')
    .map(({ id }) => id)
  return ids.length > 0 ? findDependenciesOf(sql, ids) : []
}

/** Of the steps that may have any; no statement where no task starts others. */
async function livingChildren(
  sql: AnySql,
  plans: ReadonlyMap<string, Plan | Error>,
  stepsOf: ReadonlyMap<string, readonly StepRow[]>,
): Promise<readonly LivingChildren[]> {
  const keys: StepKey[] = []
  for (const [taskId, plan] of plans) {
    if (plan instanceof Error || !plan.bearsChildren) continue
    for (const stepNo of bearingSteps(plan, stepsOf.get(taskId) ?? [])) keys.push({ taskId, stepNo })
  }
  return keys.length > 0 ? findLivingChildren(sql, keys) : []
}

/** What the database knows of one task besides its row. */
interface StoredParts {
  readonly payload: PayloadRow
  readonly steps: readonly StepRow[]
  readonly outputs: StoredOutputs | undefined
  readonly links: readonly LinkRow[]
  readonly holding: readonly { readonly stepNo: number; readonly isHeld: boolean }[]
}

function buildRun(host: RunHost, row: TaskRow, plan: Plan, stored: StoredParts): TaskRun {
  const { payload, steps, outputs, links, holding } = stored
  const key = host.keys.open(row.id, payload.keyId, payload.wrappedKey)
  const openJson = (sealed: Buffer | null, place: string) => (sealed ? key.openJson(sealed, place) : {})
  const input = openJson(payload.input, placeOf.input) as Record<string, unknown>
  const resolverInput = openJson(payload.resolverInput, placeOf.resolverInput) as Record<string, unknown>
  const values = new RunValues(plan, {
    input,
    resolverInput,
    config: host.config(),
    task: taskValuesOf(row),
  })
  const patches = steps.map(patchOfStep)
  restoreValues(values, plan, key, patches, outputs)
  const masker = new Masker(secretsOf(plan, input, resolverInput), host.secrets)
  const facts = factsOf(row)
  return new TaskRun({
    host,
    facts,
    plan,
    key,
    patch: patchOfTask(row),
    steps: patches,
    values,
    masker,
    wants: wantsOf(links.map(linkOfRow)),
    // Who runs has what it needs, and so has whose steps hold or await something; everybody else asks, and is given at once what
    // it has. A rate would count the start of a task that asks without need once more.
    isGranted: row.state === 'running' || holding.some(({ stepNo }) => stepNo >= 0),
    holdsAny: holding.some(({ stepNo, isHeld }) => stepNo === wholeTask && isHeld),
    holdingSteps: holding.map(({ stepNo }) => stepNo).filter((no) => no !== wholeTask),
  })
}

function factsOf(row: TaskRow) {
  return {
    id: row.id,
    epoch: row.epoch,
    label: row.label,
    isInternal: row.aboutTaskId !== null,
    ownerId: row.ownerId ?? undefined,
    ownerName: row.ownerName,
    resolvers: row.resolvers,
    resolverGroups: row.resolverGroups,
    region: row.region ?? undefined,
    priority: row.priority,
    depth: row.depth,
    startBefore: row.startBefore ?? undefined,
  }
}
