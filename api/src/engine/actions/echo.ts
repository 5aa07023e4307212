import { limits } from '@stint/schema/limits'
import { parseJson } from '../../base/exact-json.ts'
import { type Action, ActionError, type ActionResult } from '../action.ts'
import { isLongYaml, parseLongYaml, parseShortYaml } from '../values/yaml.ts'
import { type Configuration, flagOf, isTemplated, objectOf, textOf, wrong } from './configuration.ts'

const yamlBytesMax = limits.templateBytesMax

const notData = (error: unknown, output: unknown) =>
  new ActionError('server', `The output is neither JSON nor YAML: ${(error as Error).message}`, { output })

/** Text as data: JSON where it is JSON, else YAML 1.2, whose aliases and size are bounded; long YAML is read in a thread. */
function unmarshal(output: unknown): unknown {
  if (typeof output !== 'string') throw wrong('unmarshal needs an output that is text.')
  try {
    return parseJson(output)
  } catch {
    // Not JSON; nearly everything else people write is YAML.
  }
  if (output.length > yamlBytesMax)
    throw wrong(`YAML longer than ${yamlBytesMax} characters is not read; use JSON.`)
  if (isLongYaml(output)) {
    return parseLongYaml(output).catch((error: unknown) => {
      throw notData(error, output)
    })
  }
  try {
    return parseShortYaml(output)
  } catch (error) {
    throw notData(error, output)
  }
}

function run(configuration: Configuration): ActionResult | Promise<ActionResult> {
  const given = configuration.output ?? null
  const output = flagOf(configuration, 'unmarshal') ? unmarshal(given) : given
  return output instanceof Promise
    ? output.then((read: unknown) => answer(configuration, read))
    : answer(configuration, output)
}

function answer(configuration: Configuration, output: unknown): ActionResult {
  const metadata = objectOf(configuration, 'metadata')
  const message = textOf(configuration, 'error_message')
  if (message === undefined) return { output, metadata }
  const kind = configuration.error_type === 'client' ? 'client' : 'server'
  throw new ActionError(kind, message, { output, metadata })
}

/** What takes a thread to read is not foretold. */
function foretell(configuration: Configuration): ActionResult | undefined {
  const result = run(configuration)
  if (!(result instanceof Promise)) return result
  result.catch(() => {})
  return undefined
}

function check(configuration: Configuration): string[] {
  const type = configuration.error_type
  const isKnown =
    type === undefined || type === '' || type === 'client' || type === 'server' || isTemplated(type)
  return isKnown ? [] : ['error_type must be client or server.']
}

/** Returns what it is given: to build a result from other steps, to parse text, to stand in for a step while a template is written. */
export const echoAction: Action<Configuration> = {
  type: 'echo',
  description:
    'Returns the output it is given. Use it to put results of several steps together, to turn text into data, or to fail on purpose.',
  idempotent: true,
  foretell,
  example: { output: { name: '{{.input.name}}', answer: 42 } },
  configuration: {
    type: 'object',
    additionalProperties: false,
    properties: {
      output: { description: 'The output of the step: any value. It is kept when the step fails, too.' },
      metadata: { type: 'object', additionalProperties: {}, description: 'The metadata of the step.' },
      unmarshal: {
        type: ['boolean', 'string'],
        default: false,
        description:
          'Read the output, which must be text, as JSON or YAML and return the value it describes.',
      },
      error_message: {
        type: 'string',
        description: 'The step fails with this message. Absent or empty text: it succeeds.',
      },
      error_type: {
        type: 'string',
        enum: ['client', 'server', ''],
        default: 'server',
        description: 'How it fails: `client` is not tried again, `server` is.',
      },
    },
  },
  output: { description: 'The configured output, or the value it describes when `unmarshal` is set.' },
  metadata: { type: 'object', description: 'The configured metadata.' },
  check,
  run,
}
