import type { JsonSchema } from '../action.ts'
import { delimitersField, programFields, programMetadata } from './program.ts'
import { outputModes } from './script-output.ts'

const { argv, environment, stdin, timeout, exit_codes_unrecoverable } = programFields

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['file_path'],
  properties: {
    file_path: {
      type: 'string',
      minLength: 1,
      description: 'The script, relative to the scripts folder; not templated. It must be executable.',
      examples: ['disk/check.sh'],
    },
    argv,
    environment,
    stdin,
    timeout,
    output_mode: {
      type: 'string',
      enum: [...outputModes],
      default: 'manual-lastline',
      description:
        'Where the output of the step comes from: a JSON object on the last line, one between two delimiters, or nowhere.',
    },
    output_manual_delimiters: delimitersField,
    exit_codes_unrecoverable,
  },
}

/** What the script action takes and gives; the descriptions are its manual. */
export const scriptSchemas = {
  configuration,
  output: {
    type: 'object',
    description: 'The JSON object it printed; empty when it printed none.',
  } as JsonSchema,
  metadata: programMetadata,
}
