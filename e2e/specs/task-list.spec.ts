import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Api } from '../kit/api.ts'
import { test } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { NavigationCount } from '../kit/navigation.ts'
import { TaskList } from '../kit/screens/task-list.ts'
import { startTask, untilTask } from '../kit/tasks.ts'

/** A word that only the tasks of one test carry, so that others do not get into its lists. */
const ownWord = () => `w${randomUUID().slice(0, 8)}`

async function note(api: Api, text: string): Promise<void> {
  await startTask(api, 'note', { text }, { wait: 30 })
}

test('filters stand in the address, survive a reload and can be taken away', async ({ page, admin }) => {
  const word = ownWord()
  await note(admin.api, word)
  const failing = await startTask(admin.api, 'failing', { why: word })
  await untilTask(admin.api, failing.id, ({ state }) => state === 'PAUSED')
  const list = await new TaskList(page).open()
  await list.text.fill(word)
  await expect(page).toHaveURL(new RegExp(`text=${word}`))
  await expect(list.row(`Note ${word}`)).toContainText('Success')
  await expect(list.row(`Failing ${word}`)).toContainText('Paused')
  await list.choose('State', 'Paused')
  await expect(page).toHaveURL(/state=paused/)
  await expect(list.row(`Note ${word}`)).toBeHidden()
  await page.reload()
  await expect(list.row(`Failing ${word}`)).toBeVisible()
  await expect(list.row(`Note ${word}`)).toBeHidden()
  await expect(list.view('Paused')).toHaveAttribute('aria-current', 'page')
  await page.getByRole('button', { name: 'Remove State: Paused' }).click()
  await expect(list.row(`Note ${word}`)).toBeVisible()
  await list.view('Succeeded').click()
  await expect(page).toHaveURL(/state=stopped&result=success/)
  await expect(list.row(`Failing ${word}`)).toBeHidden()
  await page.goBack()
  await expect(list.row(`Failing ${word}`)).toBeVisible()
})

test('nothing that matches is another page than nothing at all', async ({ page }) => {
  await new TaskList(page).open(`?text=${ownWord()}`)
  await expect(page.getByRole('heading', { name: 'No task matches' })).toBeVisible()
  await page.getByRole('button', { name: 'Show all tasks' }).click()
  await expect(page).toHaveURL(/\/tasks$/)
})

test('a row changes in place when its task does', async ({ page, server, admin }) => {
  const word = ownWord()
  const gated = await GatedTask.start(server, admin.api, word)
  const list = await new TaskList(page).open(`?text=${word}`)
  const row = list.row(`Gates ${word}`)
  await expect(row).toContainText('Running')
  const loads = await NavigationCount.of(page)
  const progress = row.getByRole('progressbar')
  await expect(progress).toHaveAttribute('aria-valuenow', '0')
  gated.open('first', 'second')
  await expect(progress).toHaveAttribute('aria-valuenow', '66')
  gated.open('third')
  await expect(row).toContainText('Success')
  await loads.expectNone()
})

test('new tasks are counted while somebody works with the rows, and come in on a click', async ({
  page,
  admin,
}) => {
  const word = ownWord()
  await note(admin.api, `${word} one`)
  const list = await new TaskList(page).open(`?text=${word}`)
  await list.row(`Note ${word} one`).getByRole('checkbox').check()
  await note(admin.api, `${word} two`)
  await note(admin.api, `${word} three`)
  await expect(list.news).toHaveText('2 new')
  await expect(list.row(`Note ${word} two`)).toBeHidden()
  await list.news.click()
  await expect(list.row(`Note ${word} two`)).toBeVisible()
  await expect(list.row(`Note ${word} three`)).toBeVisible()
  await expect(list.news).toBeHidden()
})

test('a change of a task on an older page is not announced as a new task', async ({
  page,
  server,
  admin,
}) => {
  const word = ownWord()
  const gated = await GatedTask.start(server, admin.api, `${word} old`)
  for (let at = 1; at <= 26; at++) await startTask(admin.api, 'note', { text: `${word} ${at}` })
  await note(admin.api, `${word} 27`)
  const list = await new TaskList(page).open(`?text=${word}`)
  await list.row(`Note ${word} 27`).getByRole('checkbox').check()
  gated.open('first', 'second', 'third')
  await untilTask(admin.api, gated.task.id, ({ state }) => state === 'STOPPED')
  await note(admin.api, `${word} 28`)
  await expect(list.news).toHaveText('1 new')
})

test('new tasks come in by themselves at the top of a list that nobody touches', async ({ page, admin }) => {
  const word = ownWord()
  await note(admin.api, `${word} one`)
  const list = await new TaskList(page).open(`?text=${word}`)
  await expect(list.row(`Note ${word} one`)).toBeVisible()
  await note(admin.api, `${word} two`)
  await expect(list.row(`Note ${word} two`)).toBeVisible()
})

test('several tasks are cancelled at once, with the exact number', async ({ page, server, admin }) => {
  const word = ownWord()
  for (const name of ['a', 'b']) await GatedTask.start(server, admin.api, `${word} ${name}`)
  await note(admin.api, word)
  const list = await new TaskList(page).open(`?text=${word}`)
  await expect(list.row(`Note ${word}`)).toContainText('Success')
  await page.getByRole('checkbox', { name: 'Select all rows' }).check()
  await expect(page.getByText('3 tasks selected')).toBeVisible()
  await page.getByRole('button', { name: 'Cancel 2', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel 2 tasks' }).click()
  await expect(page.getByText('Cancel: 2 of 2 accepted')).toBeVisible()
  for (const name of ['a', 'b']) await expect(list.row(`Gates ${word} ${name}`)).toContainText('Cancelled')
})

test('the list is paged without losing the place: older, newer, newest', async ({ page, admin }) => {
  const word = ownWord()
  for (let at = 1; at <= 30; at++) await startTask(admin.api, 'note', { text: `${word} ${at}` })
  const list = await new TaskList(page).open(`?text=${word}`)
  await expect(list.row(`Note ${word} 30`)).toBeVisible()
  await expect(list.row(`Note ${word} 5`)).toBeHidden()
  await page.getByRole('button', { name: 'Older' }).click()
  await expect(list.row(`Note ${word} 5`)).toBeVisible()
  await expect(list.row(`Note ${word} 30`)).toBeHidden()
  await page.getByRole('button', { name: 'Newer' }).click()
  await expect(list.row(`Note ${word} 30`)).toBeVisible()
})
