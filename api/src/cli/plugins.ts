import type { App } from '../base/app.ts'
import { addAuthenticator } from '../domains/access/authenticator.ts'
import type { ConfigurationItems } from '../domains/configuration/items.ts'
import type { ActionRegistry } from '../engine/action.ts'
import { type LoadedPlugin, loadPlugins, PluginError } from '../plugins/load.ts'
import { Refusal } from './refusal.ts'

export interface PluginPlaces {
  readonly app: App
  readonly registry: ActionRegistry
  readonly configuration: ConfigurationItems
}

/**
 * Loads the plug-ins of the configured folders and puts their parts where they belong. One that cannot be used ends the start:
 * a process without the authentication that somebody configured is worse than none.
 */
export async function usePlugins({ app, registry, configuration }: PluginPlaces): Promise<LoadedPlugin[]> {
  try {
    const plugins = await loadPlugins(app.config.pluginsDirs)
    for (const { name, file, actions = [], authenticate, configuration: source } of plugins) {
      for (const action of actions) {
        if (registry.find(action.type) !== undefined)
          throw new PluginError(
            `${file}: the action ${action.type} is there already (${registry.sourceOf(action.type)}).`,
          )
        registry.add(action, file)
      }
      if (authenticate !== undefined) addAuthenticator(app, authenticate)
      if (source !== undefined) await configuration.addSource({ ...source, name: source.name ?? name })
      app.log.info({ plugin: name, file, actions: actions.map(({ type }) => type) }, 'plug-in loaded')
    }
    return plugins
  } catch (error) {
    if (error instanceof PluginError) throw new Refusal(error.message, error)
    throw error
  }
}
