import { type LaterCheck, notYetSaid } from '@stint/schema/actions'
import { type CheckOptions, checkTemplate } from '@stint/schema/template'
import type { Finding, TemplateFunction } from '@stint/schema/template-types'
import type { ActionRegistry } from '../../engine/action.ts'
import { schemaProblem } from '../../engine/template/json-schema.ts'
import { expressionProblem } from '../../engine/values/expression.ts'
import { type CheckAnswer, CheckThread } from './check-thread.ts'
import type { CheckedText, TemplateCheck } from './model.ts'

/** From this length on a text is checked in a thread: below, that would take longer than the check. */
const longText = 50_000
/** Compiling a JSON Schema costs as much as reading so many characters; parsing an expression a tenth of it. */
const schemaCost = 5000

function isLong(text: string): boolean {
  if (text.length > longText) return true
  const schemas = text.split('json_schema').length - 1
  return text.length + schemas * schemaCost + (text.split('if:').length - 1) * (schemaCost / 10) > longText
}

/** What templates of this installation may name besides actions. */
export interface CheckFacts {
  readonly configItems?: () => ReadonlySet<string>
  readonly functions?: () => Promise<ReadonlyMap<string, TemplateFunction>>
  /** Names of templates that can be started. */
  readonly templates?: () => Promise<ReadonlySet<string>>
}

/** All that can be known without the functions: what those are checked with. */
export function checkOptionsOf(registry: ActionRegistry, { configItems }: CheckFacts = {}): CheckOptions {
  return {
    actions: new Map(registry.all().map((action) => [action.type, action])),
    configItems: configItems?.(),
    schemaProblem,
    expressionProblem,
  }
}

const thread = new CheckThread()

/**
 * The one checker of this process, for folders, saving and the editor: it knows the actions, compiles JSON Schemas and parses
 * expressions; the functions that a template calls become part of it. Long texts do not hold the process up.
 */
export function templateCheck(registry: ActionRegistry, facts: CheckFacts = {}): TemplateCheck {
  return async (text) => {
    const functions = (await facts.functions?.()) ?? new Map<string, TemplateFunction>()
    const templates = await facts.templates?.()
    const options = { ...checkOptionsOf(registry, facts), functions, ...(templates && { templates }) }
    return isLong(text) ? checkLong(text, options, registry) : checkTemplate(text, options)
  }
}

async function checkLong(
  text: string,
  { functions = new Map(), configItems, templates }: CheckOptions,
  registry: ActionRegistry,
): Promise<CheckedText> {
  const actions = new Map(
    registry.all().map(({ type, configuration, output, metadata, namesTemplate }) => {
      return [type, { configuration, output, metadata, ...(namesTemplate && { namesTemplate }) }]
    }),
  )
  try {
    const answer = await thread.ask({
      text,
      actions,
      functions,
      configItems,
      ...(templates && { templates }),
    })
    return withAnswers(answer, registry)
  } catch (error) {
    // Out of memory or out of patience: both mean that the text asks for too much.
    const message = `This text cannot be checked: ${(error as Error).message}.`
    return { findings: [{ line: 1, column: 1, severity: 'error', code: 'too-large', path: '', message }] }
  }
}

/** Adds what the actions themselves say. */
function withAnswers({ template, findings, later }: CheckAnswer, registry: ActionRegistry): CheckedText {
  const more = later.flatMap((question) => answersOf(question, registry))
  if (more.length === 0) return { ...(template && { template }), findings }
  return { findings: [...findings, ...more].sort((a, b) => a.line - b.line || a.column - b.column) }
}

function answersOf({ type, configuration, at, refused }: LaterCheck, registry: ActionRegistry): Finding[] {
  const sentences = notYetSaid(registry.find(type)?.check?.(configuration) ?? [], refused)
  return sentences.map((message) => ({ ...at, severity: 'error', code: 'action-configuration', message }))
}
