import { cacheExchange } from '@urql/exchange-graphcache'

const embedded = () => null

/**
 * The normalised cache. Everything with an `id` is kept by it; what stands below is kept by another key, or belongs to
 * the thing it was read with.
 */
export const cache = () =>
  cacheExchange({
    keys: {
      Attempt: embedded,
      AuditEntryConnection: embedded,
      AuditEntryEdge: embedded,
      CommandAvailability: embedded,
      CreatedApiToken: embedded,
      CreatedTask: embedded,
      FieldProblem: embedded,
      Finding: embedded,
      InputProblem: embedded,
      OutputChunk: embedded,
      PageInfo: embedded,
      Server: () => 'server',
      Setting: (setting) => `${setting.name}`,
      Step: (step) => `${step.taskId}:${step.no}`,
      StepConnection: embedded,
      StepDependency: embedded,
      StepEdge: embedded,
      StepError: embedded,
      StepStateCount: embedded,
      Tag: embedded,
      TaskConnection: embedded,
      TaskCount: embedded,
      TaskEdge: embedded,
      TaskEvent: embedded,
      TasksChange: embedded,
      TemplateConnection: embedded,
      TemplateEdge: embedded,
      TemplateInput: embedded,
      TemplateProblem: embedded,
      TemplateStep: embedded,
      UserConnection: embedded,
      UserEdge: embedded,
      Why: embedded,
    },
  })
