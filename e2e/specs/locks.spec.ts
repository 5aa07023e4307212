import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { startTask, untilTask } from '../kit/tasks.ts'

test('who waits for a lock sees who stands in the way, and goes on as soon as it is free', async ({
  page,
  server,
  admin,
}) => {
  const folder = server.place.room('gates-of-locks')
  const host = 'locked-in-a-test'
  const start = (who: string) => startTask(admin.api, 'locker', { host, who, folder })
  const first = await start('ada')
  await untilTask(admin.api, first.id, ({ state }) => state === 'RUNNING')
  const second = await start('grace')
  const third = await start('linus')
  await untilTask(admin.api, third.id, ({ reason }) => reason === 'LOCK')

  const screen = await new TaskPage(page).open(third)
  const why = page.getByRole('heading', { name: 'Waits for a lock' })
  await expect(why).toBeVisible()
  await expect(page.getByText('exclusive, 2nd in line')).toBeVisible()
  await expect(screen.tab('Locks')).toHaveAccessibleName('Locks 2')
  await screen.tab('Locks').click()
  await expect(
    page.getByRole('grid', { name: 'Waits for' }).getByRole('link', { name: `ada works on ${host}` }),
  ).toBeVisible()
  await expect(page.getByRole('grid', { name: 'Linked, not locked' })).toContainText('rack/7')

  await page
    .getByRole('grid', { name: 'Waits for' })
    .getByRole('link', { name: `host/${host}` })
    .click()
  await expect(page.getByRole('heading', { name: '2 tasks waiting' })).toBeVisible()
  await expect(page.getByRole('grid', { name: 'Holders' })).toContainText(`ada works on ${host}`)
  await expect(page.getByRole('grid', { name: 'Waiting tasks' }).getByRole('row').nth(1)).toContainText(
    'grace',
  )

  for (const who of ['ada', 'grace']) writeFileSync(join(folder, who), '')
  await expect(page.getByRole('grid', { name: 'Holders' })).toContainText(`linus works on ${host}`)
  await screen.open(third)
  await screen.expectState('Running')
  await expect(why).toBeHidden()
  writeFileSync(join(folder, 'linus'), '')
  await screen.expectState('Success')
  await untilTask(admin.api, second.id, ({ result }) => result === 'SUCCESS')
})
