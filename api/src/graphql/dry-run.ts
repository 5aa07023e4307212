import { type DryRunAnswer, type DryRunLock, dryRunTemplate } from '../domains/tasks/dry-run.ts'
import { InputProblem } from '../domains/tasks/input-problem.ts'
import type { DryRunStep } from '../engine/dry-run/report.ts'
import { nameOfResource } from '../engine/lock.ts'
import { builder } from './builder.ts'
import { readObject } from './json.ts'
import { LockModeEnum, OnConflictEnum } from './lock-enums.ts'
import { TaskRef } from './task.ts'
import { StepDependencyRef } from './template.ts'
import { demandSize, FindingRef } from './template-check.ts'
import { asTemplateProblem, TemplateProblem } from './template-save.ts'

const DryRunStepRef = builder.objectRef<DryRunStep>('DryRunStep').implement({
  description: 'What one step would do.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Of the step.' }),
    action: t.exposeString('action', { description: 'The type of action, or the function, that it runs.' }),
    state: t.exposeString('state', {
      description: 'TODO: it would run, or may; otherwise the state that it would take for certain.',
    }),
    configuration: t.expose('configuration', {
      type: 'JSON',
      nullable: true,
      description: 'What its action would be given; texts that need a run stand as they are written.',
    }),
    unknown: t.stringList({
      description: 'What only a run can tell, as `.step.create.output.id`.',
      resolve: ({ unknown }) => [...unknown],
    }),
    dependencies: t.field({
      type: [StepDependencyRef],
      description: 'Steps that must be over first.',
      resolve: ({ dependencies }) => [...dependencies],
    }),
    resources: t.stringList({
      description: 'What it would use, in the labels of limits: `url:api.example`, `script:facts.sh`.',
      resolve: ({ resources }) => [...resources],
    }),
    note: t.string({
      nullable: true,
      description: 'Why it is left out, on what that depends, how often it runs.',
      resolve: ({ note }) => note ?? null,
    }),
  }),
})

const holdersShown = 20

const DryRunLockRef = builder.objectRef<DryRunLock>('DryRunLock').implement({
  description: 'A lock or limit that a task would take before its first step.',
  fields: (t) => ({
    resource: t.string({ description: 'As `host/db1`.', resolve: (lock) => nameOfResource(lock) }),
    mode: t.field({
      type: LockModeEnum,
      description: 'How.',
      resolve: ({ mode }) => mode ?? 'shared',
    }),
    operation: t.string({
      nullable: true,
      description: 'Only for this operation.',
      resolve: ({ operation }) => operation || null,
    }),
    capacity: t.int({
      nullable: true,
      description: 'Of a limit: how many at once, or within its window.',
      resolve: ({ capacity }) => capacity ?? null,
    }),
    onConflict: t.field({
      type: OnConflictEnum,
      nullable: true,
      description: 'What would happen if somebody holds it then.',
      resolve: ({ onConflict }) => onConflict ?? null,
    }),
    holders: t.field({
      type: [TaskRef],
      description: 'Who holds it now, as far as visible to you; 20 at most.',
      resolve: async ({ holders }, _args, { read }) => {
        const tasks = await Promise.all(holders.slice(0, holdersShown).map((id) => read.tasks.task(id)))
        return tasks.filter((task) => task !== undefined)
      },
    }),
  }),
})

const DryRunRef = builder.objectRef<DryRunAnswer>('DryRun').implement({
  description: 'What a template would do, as far as that is decided by its inputs. Nothing ran.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'Of the task.' }),
    steps: t.field({
      type: [DryRunStepRef],
      description: 'In the order of the text.',
      resolve: ({ steps }) => [...steps],
    }),
    locks: t.field({
      type: [DryRunLockRef],
      description: 'What it would take before its first step.',
      resolve: ({ locks }) => [...locks],
    }),
    result: t.expose('result', {
      type: 'JSON',
      nullable: true,
      description: 'Its result; texts that need a run stand as they are written.',
    }),
    findings: t.field({
      type: [FindingRef],
      description: 'Warnings of the checker for a text, and what cannot be rendered.',
      resolve: ({ findings }) => [...findings],
    }),
  }),
})

const DryRunInput = builder.inputType('DryRunInput', {
  description: 'A template or a text, and the values to try.',
  fields: (t) => ({
    template: t.string({ description: 'Name of a template.' }),
    version: t.int({ description: 'Which version of it; the newest when absent.' }),
    text: t.string({ description: 'YAML, instead of a template.' }),
    input: t.field({ type: 'JSON', description: 'Values of the inputs, by name.' }),
    resolverInput: t.field({
      type: 'JSON',
      description: 'Values of the resolver inputs; absent: what they decide stays open.',
    }),
  }),
})

builder.queryField('dryRun', (t) =>
  t.field({
    type: DryRunRef,
    description:
      'Renders what the inputs decide and lists what would happen; configuration items show to those who manage templates.',
    authScopes: { permission: 'template.view' },
    errors: {
      types: [InputProblem, TemplateProblem],
      union: {
        name: 'DryRunResult',
        description: 'What would happen, or why that cannot be told.',
      },
    },
    args: { input: t.arg({ type: DryRunInput, required: true, description: 'What and with what.' }) },
    resolve: (_root, { input }, { parts, actor }) => {
      if (input.text != null) demandSize(input.text)
      const { template, version, text } = input
      const resolverInput = readObject('resolverInput', input.resolverInput) ?? undefined
      const values = readObject('input', input.input) ?? {}
      const wish = { template, version, text, input: values, resolverInput }
      return dryRunTemplate(parts, actor, wish).catch(asTemplateProblem)
    },
  }),
)
