import { expect } from '@playwright/test'
import { test } from '../kit/fixtures.ts'
import { TaskPage } from '../kit/screens/task-page.ts'
import { saveTemplate, startTask, untilTask } from '../kit/tasks.ts'

test('a failed task says first what went wrong, and goes on when its step is tried again', async ({
  page,
}) => {
  await page.goto('/start')
  await page.getByRole('button', { name: 'Break something' }).click()
  const screen = new TaskPage(page)
  await expect(screen.failure).toContainText('Step riskyChange failed')
  await expect(page.getByText('the coffee machine refuses the change: quota exceeded').first()).toBeVisible()
  await screen.expectState('Paused')
  // The branch beside it went on: a failing one stops nobody else.
  await screen.expectStep('steady', 'Done')
  await screen.button('Retry step').click()
  await screen.expectState('Success')
  await expect(screen.failure).toBeHidden()
  for (const name of ['unsteady', 'riskyChange', 'verify']) await screen.expectStep(name, 'Done')
})

test('whoever opens a failed task sees its errors, and why it stands, in a sentence', async ({
  page,
  admin,
}) => {
  const task = await startTask(admin.api, 'failing', { why: 'out of paper' })
  await untilTask(admin.api, task.id, ({ state }) => state === 'PAUSED')
  const screen = await new TaskPage(page).open(task)
  await expect(screen.failure).toContainText('Step work failed')
  await screen.tab('Errors').click()
  await expect(page.getByText('no luck: out of paper').first()).toBeVisible()
  await expect(page).toHaveTitle(/^Paused · Failing out of paper/)
  await page.goto('/tasks?state=paused')
  const row = page.getByRole('row').filter({ hasText: 'Failing out of paper' })
  await expect(row).toContainText('no luck: out of paper')
})

test('a failed step is skipped, and the task ends with a warning', async ({ page, admin }) => {
  const task = await startTask(admin.api, 'failing', { why: 'to be skipped' })
  const screen = await new TaskPage(page).open(task)
  await screen.button('Skip step').click()
  await screen.dialog.getByLabel('Reason').fill('not today')
  await screen.dialog.getByRole('button', { name: 'Skip step' }).click()
  await screen.expectState('Warning')
  await screen.expectStep('work', 'Skipped')
})

test('resume runs the failed step once more', async ({ page, admin }) => {
  const task = await startTask(admin.api, 'new-member', { login: 'grace' })
  const screen = await new TaskPage(page).open(task)
  await expect(screen.failure).toContainText('Step orderBadge failed')
  await screen.button('Resume').click()
  await screen.expectState('Success')
  await screen.step('orderBadge').click()
  await expect(page.getByLabel('Attempt')).toContainText('2 attempts')
})

const manySteps = Array.from({ length: 110 }, (_, at) => {
  const configuration = at === 109 ? '{error_message: the very last, error_type: client}' : '{output: {}}'
  return `  s${at}: {description: x, dependencies: [${at > 0 ? `s${at - 1}` : ''}], action: {type: echo, configuration: ${configuration}}}`
})

const manyTemplate = `name: many-steps
description: More steps than a page loads at first; the last one fails
title_format: Many steps
auto_runnable: true
allow_all_resolver_usernames: true
steps:
${manySteps.join('\n')}
`

test('the failure of a late step of many stands above everything, too', async ({ page, admin }) => {
  await saveTemplate(admin.api, manyTemplate)
  const screen = await new TaskPage(page).open(await startTask(admin.api, 'many-steps'))
  await expect(screen.failure).toContainText('Step s109 failed')
  await expect(page.getByText('the very last').first()).toBeVisible()
  await screen.button('Skip step').click()
  await screen.dialog.getByRole('button', { name: 'Skip step' }).click()
  await screen.expectState('Warning')
  await expect(screen.failure).toBeHidden()
})
