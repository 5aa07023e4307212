import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { checkout, Program } from '../kit/program.ts'
import { Place } from '../kit/server.ts'

// Comes first: it builds the page when it is stale, so that no server of a spec has to.
test('the door of a fresh clone brings everything up, and ends without leftovers', async ({ request }) => {
  const place = new Place()
  const program = new Program([join(checkout, 'api/boot.mjs'), 'start'], {
    STINT_DATA_DIR: place.dataDir,
    PORT: '0',
  })
  try {
    const [, origin] = await program.prints(/Stint is ready: (\S+)/)
    expect((await request.get(`${origin}/readyz`)).ok()).toBe(true)
    expect(await (await request.get(`${origin}/`)).text()).toContain('<div id="root">')
  } finally {
    await program.stop()
    place.remove()
  }
})
