import { checkInputs } from '@stint/schema/inputs'
import type { Template } from '@stint/schema/template-types'
import { InputProblem } from '../domains/tasks/input-problem.ts'
import type { ChildTasks } from '../engine/children.ts'

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
