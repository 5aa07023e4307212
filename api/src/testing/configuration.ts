import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../base/log.ts'
import { ConfigurationItems, type ConfigurationOptions } from '../domains/configuration/items.ts'
import { SharedSecrets } from '../engine/run/mask.ts'

/** Configuration items of a process that has none, unless they are given. */
export function testConfiguration(options: Partial<ConfigurationOptions> = {}): ConfigurationItems {
  return new ConfigurationItems({
    log: createLog({ level: 'silent', format: 'json' }),
    environment: {},
    folder: join(tmpdir(), 'stint-no-such-folder'),
    allowed: () => ['*'],
    own: () => ({ url: 'http://stint.example' }),
    secrets: new SharedSecrets(),
    ...options,
  })
}
