import type { KeyRing } from '../../engine/seal.ts'
import { type ChannelConfiguration, checkedConfiguration } from './configuration.ts'
import type { SealedChannel } from './store.ts'

/** Channels have data keys of their own, wrapped by the key ring as those of tasks are and bound to their name; see sealed-tables.ts. */
const place = 'channel-configuration'

export function sealConfiguration(
  keys: KeyRing,
  name: string,
  { fields }: ChannelConfiguration,
): Pick<SealedChannel, 'configuration' | 'keyId' | 'wrappedKey'> {
  const { key, keyId, wrapped } = keys.newDataKey(name)
  return { configuration: key.sealJson(fields, place), keyId, wrappedKey: wrapped }
}

export function openConfiguration(keys: KeyRing, row: SealedChannel): ChannelConfiguration {
  const key = keys.open(row.name, row.keyId, row.wrappedKey)
  return checkedConfiguration(row.kind, key.openJson(row.configuration, place))
}
