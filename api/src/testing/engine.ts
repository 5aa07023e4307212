import { randomBytes } from 'node:crypto'
import type { Template, TemplateStep } from '@stint/schema/template-types'
import { systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { waitAction } from '../engine/actions/wait.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineOptions } from '../engine/engine-options.ts'
import { KeyRing } from '../engine/seal.ts'
import type { NewTask } from '../engine/start.ts'
import { Listener } from '../postgres/listen.ts'
import type { TestDatabase } from './database.ts'

const secret = randomBytes(32)

/** One key for all engines of a test process: they read each other's tasks. */
export function testKeys(): KeyRing {
  return new KeyRing([{ id: 'test', secret }])
}

/** An engine on a test database, started; stop it in the test. */
export async function testEngine(
  database: TestDatabase,
  options: Partial<EngineOptions> = {},
): Promise<{ engine: Engine; listener: Listener; stop: () => Promise<void> }> {
  const log = createLog({ level: (process.env.TEST_LOG as 'info') ?? 'silent', format: 'json' })
  const listener = new Listener({ target: database.target, log })
  const registry = options.registry ?? new ActionRegistry().add(echoAction).add(waitAction(systemClock))
  const engine = new Engine({
    sql: database.sql,
    target: database.target,
    log,
    clock: systemClock,
    listener,
    keys: testKeys(),
    registry,
    version: 'test',
    installation: randomBytes(6).toString('hex'),
    region: undefined,
    role: 'both',
    capacity: 500,
    maxRunningActions: () => 200,
    config: () => ({}),
    templateOf: () => Promise.reject(new Error('no stored templates in this test')),
    abortGraceMs: 2000,
    drainGraceMs: 2000,
    ...options,
  })
  await listener.start()
  await engine.start()
  const stop = async () => {
    await engine.stop()
    await listener.stop()
  }
  return { engine, listener, stop }
}

/** A step with everything filled in but what is given. */
export function testStep(name: string, given: Partial<TemplateStep> = {}): TemplateStep {
  return {
    name,
    description: name,
    action: { type: 'echo', configuration: { output: { name } } },
    retryPattern: 'seconds',
    maxRetries: 0,
    executionDelayMs: 0,
    dependencies: [],
    customStates: [],
    conditions: [],
    foreachStrategy: 'parallel',
    resources: [],
    ...given,
  }
}

export function testTemplate(steps: readonly TemplateStep[], given: Partial<Template> = {}): Template {
  return {
    name: 'test',
    description: 'test',
    titleFormat: 'test',
    resultFormat: {},
    allowedResolverUsernames: [],
    allowedResolverGroups: [],
    allowAllResolverUsernames: false,
    autoRunnable: true,
    blocked: false,
    hidden: false,
    retryMax: 100,
    allowTaskStartOver: false,
    inputs: [],
    resolverInputs: [],
    variables: [],
    tags: {},
    baseConfigurations: {},
    steps,
    onError: 'pause',
    strictValues: false,
    priority: 0,
    maxParallel: 50,
    ...given,
  }
}

/** Steps that follow each other. */
export function chain(names: readonly string[], given: Partial<TemplateStep> = {}): TemplateStep[] {
  return names.map((name, index) =>
    testStep(name, {
      ...given,
      dependencies: index === 0 ? [] : [{ step: names[index - 1] as string, states: ['DONE'] }],
    }),
  )
}

export function testTask(template: Template, given: Partial<NewTask> = {}): NewTask {
  return { template, input: {}, owner: { name: 'tester' }, isApproved: true, ...given }
}
