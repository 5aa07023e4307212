import { checkInputs } from '@stint/schema/inputs'
import type { Template } from '@stint/schema/template-types'
import { InputProblem } from '../domains/tasks/input-problem.ts'
import type { ChildTasks } from '../engine/children.ts'
import { testStep, testTemplate } from './engine.ts'

/** Steps may start these templates, by name; everybody may, and only those that do not run by themselves have to be approved. */
export function childTasksOf(templates: Readonly<Record<string, Template>>): ChildTasks {
  return async (owner, requests) =>
    requests.map(({ template: name, input, index: _, ...request }) => {
      const template = templates[name]
      if (!template) throw new InputProblem([{ name: 'template', message: `There is no template ${name}.` }])
      const checked = checkInputs(template.inputs, input)
      if (checked.problems.length > 0) throw new InputProblem(checked.problems)
      return {
        ...request,
        template,
        input: checked.values,
        owner: { name: owner.name, ...(owner.id && { id: owner.id }) },
        isApproved: template.autoRunnable,
      }
    })
}

/** Templates that steps may start by their names. */
export function templateShelf() {
  const templates: Record<string, Template> = {}
  return {
    templates,
    childTasks: childTasksOf(templates),
    template(name: string, steps: Template['steps'], given: Partial<Template> = {}): Template {
      const made = testTemplate(steps, { name, titleFormat: name, ...given })
      templates[name] = made
      return made
    },
  }
}

/** A step that starts a task of this template. */
export const starts = (name: string, given: Parameters<typeof testStep>[1] = {}) =>
  testStep('child', { action: { type: 'subtask', configuration: { template: name } }, ...given })
