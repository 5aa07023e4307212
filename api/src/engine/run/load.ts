import type { Template } from '@stint/schema/template-types'
import type { AnySql } from '../../postgres/connect.ts'
import { placeOf } from '../seal.ts'
import { isFinal } from '../step.ts'
import { findLastAttempts, type StoredAttempt } from '../store/attempt.ts'
import { findPayloads, type PayloadRow } from '../store/payload.ts'
import { findSignals, type SignalRow } from '../store/signal.ts'
import { findSteps, type StepRow } from '../store/step.ts'
import { findDependencies, type TaskRow } from '../store/task.ts'
import type { RunHost } from './host.ts'
import { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import { patchOfStep, patchOfTask } from './row-patch.ts'
import { TaskRun } from './task-run.ts'
import type { UnloadableTask } from './unreadable.ts'
import { RunValues } from './values.ts'

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
  const [payloads, steps, signals] = await Promise.all([
    findPayloads(sql, ids),
    findSteps(sql, ids),
    findSignals(sql, ids),
  ])
  const payloadOf = new Map(payloads.map((row) => [row.taskId, row]))
  const stepsOf = Map.groupBy(steps, (row) => row.taskId)
  const signalsOf = Map.groupBy(signals, (row) => row.taskId)
  const plans = await plansOf(host, rows, payloadOf)
  const attemptsOf = Map.groupBy(await outputsOf(sql, plans, stepsOf), (row) => row.taskId)

  const loaded: LoadedRun[] = []
  const failed: UnloadableTask[] = []
  for (const row of rows) {
    try {
      const plan = plans.get(row.id)
      const payload = payloadOf.get(row.id)
      if (plan instanceof Error) throw plan
      if (!plan || !payload) throw new Error('the task has no definition')
      const run = buildRun(host, row, plan, payload, stepsOf.get(row.id) ?? [], attemptsOf.get(row.id) ?? [])
      const waitsForOthers = row.reason === 'dependency' || row.reason === 'approval'
      if (waitsForOthers) run.dependencies = await findDependencies(sql, row.id)
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

async function outputsOf(
  sql: AnySql,
  plans: ReadonlyMap<string, Plan | Error>,
  stepsOf: ReadonlyMap<string, readonly StepRow[]>,
): Promise<readonly StoredAttempt[]> {
  const keys: { taskId: string; stepNo: number }[] = []
  for (const [taskId, plan] of plans) {
    if (plan instanceof Error) continue
    for (const step of stepsOf.get(taskId) ?? []) {
      if (step.attemptNo === 0) continue
      const isOver = isFinal(step.state, plan.steps[step.no]?.customStates ?? [])
      // A step that goes on is given its previous output, whether or not anybody else asks for it.
      if (!isOver || plan.referenced.has(step.no)) keys.push({ taskId, stepNo: step.no })
    }
  }
  return keys.length > 0 ? findLastAttempts(sql, keys) : []
}

function buildRun(
  host: RunHost,
  row: TaskRow,
  plan: Plan,
  payload: PayloadRow,
  steps: readonly StepRow[],
  attempts: readonly StoredAttempt[],
): TaskRun {
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
  for (const step of patches) values.setState(step.no, step)
  for (const attempt of attempts) {
    const stored = attempt.output
      ? key.openJson(attempt.output, placeOf.attemptOutput(attempt.stepNo, attempt.no))
      : {}
    const { output, metadata } = stored as { output?: unknown; metadata?: Record<string, unknown> }
    const step = patches[attempt.stepNo]
    if (step)
      values.setOutcome(attempt.stepNo, { state: step.state, output, ...(metadata && { metadata }) }, step)
  }
  const masker = new Masker(secretsOf(plan, input, resolverInput), host.secrets)
  const facts = factsOf(row)
  return new TaskRun({ host, facts, plan, key, patch: patchOfTask(row), steps: patches, values, masker })
}

/** What templates read as `.task`; µTask's names. */
export function taskValuesOf(row: {
  id: string
  createdAt: Date
  ownerName: string
  region: string | null
  resolvers: readonly string[]
  watchers: readonly string[]
}): Record<string, unknown> {
  return {
    task_id: row.id,
    created: row.createdAt.toISOString(),
    requester_username: row.ownerName,
    resolver_username: row.resolvers[0] ?? '',
    watcher_usernames: row.watchers.join(','),
    region: row.region ?? 'default',
  }
}

/** Values that people typed into password fields: nothing that is stored in clear may show them. */
export function secretsOf(plan: Plan, ...inputs: readonly Record<string, unknown>[]): string[] {
  const { inputs: own, resolverInputs } = plan.template
  const names = new Set([...own, ...resolverInputs].filter((i) => i.type === 'password').map((i) => i.name))
  const values = inputs.flatMap((input) => [...names].map((name) => input[name])).flat()
  return values.filter((value): value is string => typeof value === 'string' && value !== '')
}

function factsOf(row: TaskRow) {
  return {
    id: row.id,
    epoch: row.epoch,
    label: row.label,
    ownerName: row.ownerName,
    region: row.region ?? undefined,
    startBefore: row.startBefore ?? undefined,
  }
}
