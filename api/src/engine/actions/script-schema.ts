import type { JsonSchema } from '../action.ts'
import { outputModes } from './script-output.ts'

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
    argv: {
      type: 'array',
      items: { type: ['string', 'number', 'boolean'] },
      description: 'Its arguments. No shell reads them, so nothing in them needs quoting.',
    },
    environment: {
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
      description:
        'Variables of its environment. Besides these it has PATH, HOME, USER, LANG, STINT_TASK_ID, STINT_STEP and STINT_ATTEMPT_KEY, and nothing of the server’s own.',
    },
    stdin: { type: 'string', description: 'Text on its standard input. Absent: the input is empty.' },
    timeout: {
      type: 'string',
      default: '2m',
      description:
        'How long it may run. Then it and everything it started is asked to end, and after a grace period killed.',
    },
    output_mode: {
      type: 'string',
      enum: [...outputModes],
      default: 'manual-lastline',
      description:
        'Where the output of the step comes from: a JSON object on the last line, one between two delimiters, or nowhere.',
    },
    output_manual_delimiters: {
      type: 'array',
      items: { type: 'string' },
      minItems: 2,
      maxItems: 2,
      description:
        'For `manual-delimiters`: two regular expressions (RE2), before and after the JSON object.',
    },
    exit_codes_unrecoverable: {
      type: 'array',
      items: { type: ['string', 'integer'] },
      description:
        'Exit codes that are client errors, which are not tried again: single ones and ranges such as `10-20`.',
      examples: [['2', '10-20']],
    },
  },
}

const metadata: JsonSchema = {
  type: 'object',
  required: ['exit_code', 'process_state', 'output', 'execution_time', 'error'],
  properties: {
    exit_code: { type: 'string', description: 'The exit code; `-1` when a signal ended it.' },
    process_state: {
      type: 'string',
      description: 'How it ended, in words: `exit status 3`, `signal: SIGKILL`.',
    },
    output: { type: 'string', description: 'What it printed on both streams; of very long output the end.' },
    execution_time: { type: 'string', description: 'How long it ran: `1.25s`.' },
    error: { type: 'string', description: 'What went wrong; empty when nothing did.' },
  },
}

/** What the script action takes and gives; the descriptions are its manual. */
export const scriptSchemas = {
  configuration,
  output: {
    type: 'object',
    description: 'The JSON object it printed; empty when it printed none.',
  } as JsonSchema,
  metadata,
}
