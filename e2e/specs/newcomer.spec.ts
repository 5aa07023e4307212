import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { watchConsole } from '../kit/console.ts'
import { NavigationCount } from '../kit/navigation.ts'
import { checkout, Program } from '../kit/program.ts'
import { SignInForm } from '../kit/screens/sign-in.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { Place } from '../kit/server.ts'

const shippedScript = join(checkout, 'api/templates/scripts/system-facts.sh')

/** A machine so slow that looking at it takes until somebody watches: only then is it certain that the page sees a step run. */
class SlowMachine {
  readonly scripts: string

  constructor(place: Place) {
    this.scripts = place.room('scripts')
    const script = join(this.scripts, 'system-facts.sh')
    const lines = [
      '#!/bin/sh',
      'echo "a slow machine …"',
      `while [ ! -e '${this.scripts}/watched' ]; do sleep 0.05; done`,
      `exec '${shippedScript}'`,
    ]
    writeFileSync(script, `${lines.join('\n')}\n`)
    chmodSync(script, 0o755)
  }

  isWatched(): void {
    writeFileSync(join(this.scripts, 'watched'), '')
  }
}

/** Counts what a person clicks. */
async function countClicks(page: Page): Promise<() => number> {
  let clicks = 0
  await page.exposeFunction('e2eClicked', () => {
    clicks += 1
  })
  await page.addInitScript(() =>
    addEventListener('click', (event) => event.isTrusted && Reflect.get(window, 'e2eClicked')(), true),
  )
  return () => clicks
}

test('from an empty data directory to a live health check in three clicks, by a link that works once', async ({
  page,
  browser,
}) => {
  const place = new Place()
  const machine = new SlowMachine(place)
  const program = new Program([join(checkout, 'api/boot.mjs'), 'start'], {
    STINT_DATA_DIR: place.dataDir,
    STINT_SCRIPTS_DIR: machine.scripts,
    PORT: '0',
  })
  try {
    const [, link] = await program.prints(/Sign in once: +(\S+)/)
    await program.prints(/Password: +\S+/)
    const clicks = await countClicks(page)
    const check = watchConsole(page)
    await page.goto(link as string)
    await expect(page.getByRole('heading', { name: 'Your first ten minutes' })).toBeVisible()
    await page.getByRole('button', { name: 'Run the health check' }).click()

    const screen = new TaskPage(page)
    await expect(page).toHaveURL(/\/tasks\/[0-9a-f-]{36}/)
    const loads = await NavigationCount.of(page)
    await screen.expectStep('facts', 'Running')
    await screen.expectStep('report', 'To do')
    await expect(page.getByText('a slow machine …')).toBeVisible()
    machine.isWatched()
    for (const name of ['alive', 'ready', 'facts', 'report']) await screen.expectStep(name, 'Done')
    await screen.expectState('Success')
    await loads.expectNone()
    expect(clicks()).toBeLessThanOrEqual(3)
    await screen.step('facts').click()
    await expect(page.getByText('Looking at the disk …').first()).toBeVisible()
    check()

    const stranger = await browser.newPage()
    await stranger.goto(link as string)
    await expect(stranger.getByText('The sign-in link does not work')).toBeVisible()
    await expect(new SignInForm(stranger).form).toBeVisible()
    await stranger.close()
  } finally {
    await program.stop()
    place.remove()
  }
})
