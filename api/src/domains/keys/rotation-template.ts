import type { Template, TemplateStep } from '@stint/schema/template-types'
import type { RotationKind } from './model.ts'
import { rotateActionType } from './rotate-action.ts'

function step(
  part: RotationKind,
  key: string,
  description: string,
  given: Partial<TemplateStep>,
): TemplateStep {
  return {
    name: part,
    description,
    action: { type: rotateActionType, configuration: { part, key } },
    retryPattern: 'minutes',
    maxRetries: 100,
    executionDelayMs: 0,
    dependencies: [],
    customStates: [],
    conditions: [],
    foreachStrategy: 'parallel',
    resources: [],
    ...given,
  }
}

/** Made anew for each rotation and kept with its task: nobody edits it, nobody starts it otherwise. */
export function rotationTemplate(kind: RotationKind, key: string): Template {
  const steps = [step('rewrap', key, 'Wraps every data key by the new key of the ring.', {})]
  if (kind === 'reencrypt') {
    steps.push(
      step('reencrypt', key, 'Gives every task another data key and seals its values with it.', {
        dependencies: [{ step: 'rewrap', states: ['DONE'] }],
      }),
    )
  }
  return {
    name: 'keys.rotate',
    description: 'Lets an older key of the ring go.',
    titleFormat: kind === 'rewrap' ? `Re-wrap all data keys by ${key}` : `Re-encrypt everything under ${key}`,
    resultFormat: {},
    allowedResolverUsernames: [],
    allowedResolverGroups: [],
    allowAllResolverUsernames: false,
    autoRunnable: true,
    blocked: false,
    hidden: true,
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
    maxParallel: 1,
  }
}
