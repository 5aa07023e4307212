import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { checkout } from './program.ts'

const folder = join(checkout, 'e2e/results/pages')
const tallest = 3000

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const

const themes = { light: 'html:not(.pf-v6-theme-dark)', dark: 'html.pf-v6-theme-dark' } as const

/** Each look differs from the one before in one thing: a change of the theme costs more than any other. */
const looks = [
  { ...sizes[0], colorScheme: 'light' },
  { ...sizes[0], colorScheme: 'dark' },
  { ...sizes[1], colorScheme: 'dark' },
  { ...sizes[1], colorScheme: 'light' },
] as const

/** The page is at rest: nothing is loading or fading, and its letters are there. */
export async function settle(page: Page): Promise<void> {
  // By its tag: a dialog hides the rest of the page from those who listen, and from their roles.
  await expect(page.locator('h1').first()).toBeAttached()
  await expect(page.getByLabel('Loading')).toHaveCount(0)
  await page.evaluate(async () => {
    await document.fonts.ready
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    // A change of the theme begins its fading with the next frame, and one fading may begin another. Nobody watches: each is
    // brought to its end, which it would reach by itself.
    for (let quiet = 0, rounds = 0; quiet < 2 && rounds < 10; rounds++) {
      await frame()
      await frame()
      // Neither what turns for ever nor what has ended and holds its last look.
      const ending = document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            playState === 'running' && effect?.getComputedTiming().endTime !== Infinity,
        )
      quiet = ending.length === 0 ? quiet + 1 : 0
      for (const animation of ending) animation.finish()
    }
  })
}

/** What stands out at the right: the page itself, and the part of it that scrolls. */
function overflowsOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, document.getElementById('main')].flatMap((place) =>
      place !== null && place.scrollWidth > place.clientWidth
        ? [`${place.tagName} ${place.scrollWidth} > ${place.clientWidth}`]
        : [],
    ),
  )
}

/** Asked until it is so: charts measure their place, and draw anew when it has become smaller. */
async function expectNoOverflow(page: Page, what: string): Promise<void> {
  const softly = expect.configure({ soft: true, message: `overflow: ${what}`, timeout: 5_000 })
  await softly.poll(() => overflowsOf(page)).toEqual([])
}

/** The scrolling part is inside of the page, so only a tall window shows all of it. */
async function takePicture(page: Page, name: string, width: number, height: number): Promise<void> {
  const needed = await page.evaluate(() => {
    const main = document.getElementById('main')
    return main === null ? 0 : main.scrollHeight - main.clientHeight
  })
  if (needed > 0) await page.setViewportSize({ width, height: Math.min(tallest, height + needed) })
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  if (needed > 0) await page.setViewportSize({ width, height })
}

/** The page at both sizes, light and dark: a picture of each, axe without findings, nothing that stands out. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const { width, height, colorScheme } of looks) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await expect(page.locator(themes[colorScheme])).toBeAttached()
    await settle(page)
    const what = `${name}-${width}-${colorScheme}`
    await expectNoOverflow(page, what)
    // The structure is the same in the dark, and the colours are the same at every size.
    if (colorScheme === 'light') await expectAccessible(page, what)
    else if (width === sizes[0].width) await expectAccessible(page, what, ['color-contrast'])
    await takePicture(page, what, width, height)
  }
}
