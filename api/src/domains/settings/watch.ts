import type { App } from '../../base/app.ts'
import { channels, type Listener } from '../../postgres/listen.ts'
import { forgetSettings } from './read.ts'

/**
 * Keeps the settings in memory fresh: forgets them with every announced change, and after a cut of the listening connection,
 * when announcements may have been missed. `onChange` hears of both. Returns how to end it.
 */
export function watchSettings(app: App, listener: Listener, onChange: () => void = () => {}): () => void {
  const changed = () => {
    forgetSettings(app)
    onChange()
  }
  const ends = [listener.on(channels.settings, changed), listener.onReconnect(changed)]
  return () => {
    for (const end of ends) end()
  }
}
