import { gentle, hammer } from '../../src/testing/fault/hammer.ts'
import { type Scenario, share } from '../ground/scenario.ts'

const seconds = 60

/** The hammer in its long form: two executors of every region and two of none, kills and commands for a minute. */
export const hammerOfLocks: Scenario = {
  name: 'commands hammer on tasks over locks, limits, rates and regions, with kills',
  async run(ground) {
    const { sql, kit } = ground
    const order = { sql, kit, tasks: share(ground, 600), verbOf: gentle, executorsEach: 2 }
    const seen = await hammer({ ...order, seconds: Math.max(5, Math.round(seconds * ground.share)) }, 240)
    const odd = Object.entries(seen.wrong).map(([what, n]) => `${what}: ${n}`)
    return {
      tasks: order.tasks,
      faults: `${seen.kills} kills`,
      alsoEnds: ['stopped/cancelled'],
      isChain: false,
      wrong: [
        ...odd,
        ...(seen.stray.length > 0 ? [`${seen.stray.length} holds or waits are left behind`] : []),
        ...(seen.left > 0 ? [`${seen.left} tasks are not over`] : []),
        ...(seen.edited > 0 && seen.counted > 0 ? [] : ['nothing was edited, or no rate counted anything']),
      ],
      notes: [
        `${seen.samples} looks, at most ${seen.busiest} holds; ${seen.edited} attempts ran with an edited request, a rate counted ${seen.counted} starts`,
      ],
    }
  },
}
