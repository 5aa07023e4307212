import type { App } from '../../base/app.ts'
import { type Maintenance, maintenanceProblem } from './model.ts'
import { findMaintenance } from './store.ts'

/** A change is announced (watch.ts); this bounds how long a lost announcement can be missed at the doors. */
const keepMs = 1_000

interface Remembered {
  readonly maintenance: Promise<Maintenance | undefined>
  readonly untilMs: number
}

const remembered = new WeakMap<App['sql'], Remembered>()

/** Undefined while there is none. Asked for with every write, so it is kept in memory for a second. */
export function readMaintenance(app: App): Promise<Maintenance | undefined> {
  const known = remembered.get(app.sql)
  if (known !== undefined && known.untilMs > app.clock.monotonicMs()) return known.maintenance
  const maintenance = findMaintenance(app.sql)
  remembered.set(app.sql, { maintenance, untilMs: app.clock.monotonicMs() + keepMs })
  // A failed reading must not be remembered as the answer.
  maintenance.catch(() => forgetMaintenance(app))
  return maintenance
}

/** The next question reads the database again. */
export function forgetMaintenance(app: App): void {
  remembered.delete(app.sql)
}

/** Stands in front of every write from outside. Throws `maintenance`. */
export async function refuseInMaintenance(app: App): Promise<void> {
  const maintenance = await readMaintenance(app)
  if (maintenance !== undefined) throw maintenanceProblem(maintenance, app.clock.now())
}
