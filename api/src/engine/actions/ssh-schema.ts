import type { JsonSchema } from '../action.ts'
import { delimitersField, programFields } from './program.ts'
import { hopsMax, sshOutputModes } from './ssh-order.ts'
import { hostKeyChecks } from './ssh-trust.ts'

const hostKey: JsonSchema = {
  type: ['string', 'array'],
  items: { type: 'string' },
  description:
    'The key the target must show, or several: a fingerprint as `ssh-keygen -l` prints it (`SHA256:…`), or the public key. Then known_hosts is not asked.',
}

const hops: JsonSchema = {
  type: 'array',
  maxItems: hopsMax,
  description:
    'Machines on the way, in order, as `host`, `host:port` or `user@host`. Each is signed in to with the same key, and each must show a known host key.',
  items: {
    anyOf: [
      { type: 'string', minLength: 1 },
      {
        type: 'object',
        additionalProperties: false,
        required: ['target'],
        properties: {
          target: { type: 'string', minLength: 1, description: 'The machine.' },
          user: { type: 'string', description: 'Who we are there, when it is somebody else.' },
          host_key: { ...hostKey, description: 'The key it must show.' },
        },
      },
    ],
  },
}

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['user', 'target', 'ssh_key'],
  properties: {
    user: { type: 'string', minLength: 1, description: 'Who we are on the target.' },
    target: { type: 'string', minLength: 1, description: 'The machine, as `host` or `host:port`.' },
    ssh_key: {
      type: 'string',
      minLength: 1,
      description: 'The private key (OpenSSH or PEM) we sign in with.',
    },
    ssh_key_passphrase: { type: 'string', description: 'What the key is locked with.' },
    hops,
    script: {
      type: 'string',
      description: 'What runs there, in the login shell of the user; at most 100,000 bytes.',
    },
    output_mode: {
      type: 'string',
      enum: [...sshOutputModes],
      default: 'auto-result',
      description:
        'Where the output of the step comes from: the values of `result`, a JSON object on the last line, one between two delimiters, or nowhere.',
    },
    result: {
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      description:
        'For `auto-result`: names of the output and what the shell makes of these expressions when the script ends: variables and commands, such as `$version` or `$(hostname)`. Texts, whatever they hold.',
      examples: [{ version: '$version', host: '$(hostname)' }],
    },
    output_manual_delimiters: delimitersField,
    exit_codes_unrecoverable: programFields.exit_codes_unrecoverable,
    timeout: {
      type: 'string',
      default: '5m',
      description:
        'How long all of it may take, connecting included (at most 10 s for each machine). Then the script is asked to end, and after a grace period killed.',
    },
    host_key: hostKey,
    known_hosts: {
      type: 'string',
      description:
        'Known host keys in the format of OpenSSH’s known_hosts, such as from a configuration item. The executor’s own file (`known_hosts` in its data directory) is read besides.',
    },
    known_hosts_file: {
      type: 'string',
      description: 'A known_hosts file on the executor; an absolute path.',
    },
    host_key_check: {
      type: 'string',
      enum: [...hostKeyChecks],
      default: 'strict',
      description:
        '`strict` refuses hosts that are not known; `accept-new` remembers them in the executor’s own file; `off` takes any key, so that whoever stands between can read and change everything. A key that changed is refused unless it is `off`.',
    },
  },
}

const metadata: JsonSchema = {
  type: 'object',
  required: ['output', 'exit_code', 'exit_status', 'exit_signal', 'exit_msg'],
  properties: {
    output: { type: 'string', description: 'What it printed on both streams; of very long output the end.' },
    exit_code: { type: 'string', description: 'The exit code; `-1` when a signal ended it.' },
    exit_status: { type: 'string', description: 'The same, by another name of µTask.' },
    exit_signal: { type: 'string', description: 'The signal that ended it: `TERM`; empty when none did.' },
    exit_msg: { type: 'string', description: 'What the server said about the signal.' },
  },
}

/** What the ssh action takes and gives; the descriptions are its manual. */
export const sshSchemas = {
  configuration,
  output: {
    type: 'object',
    description: 'The values of `result`, or the JSON object it printed.',
  } as JsonSchema,
  metadata,
}
