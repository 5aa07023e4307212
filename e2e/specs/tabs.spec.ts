import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { TaskPage } from '../kit/screens/task-page.ts'

const tabCount = 12

// Streams over HTTP/1.1 would hang from the seventh tab on: a browser opens six connections to a host.
test(`${tabCount} tabs of one browser stay live`, async ({ context, server, admin }) => {
  const gated = await GatedTask.start(server, admin.api, 'in many tabs')
  const screens = []
  for (let at = 0; at < tabCount; at++) {
    screens.push(await new TaskPage(await context.newPage()).open(gated.task))
  }
  await Promise.all(screens.map((screen) => screen.expectStep('first', 'Running')))
  gated.open('first')
  await Promise.all(screens.map((screen) => screen.expectStep('second', 'Running')))
  gated.open('second', 'third')
  await Promise.all(screens.map((screen) => screen.expectState('Success')))
  for (const { page } of screens)
    await expect(page.getByRole('complementary', { name: 'Server' })).toContainText('Live')
})
