import type { Api } from './api.ts'

const update = /* GraphQL */ `
  mutation Update($input: UpdateSettingInput!) {
    updateSetting(input: $input) { name }
  }
`

/** Unlock and its kind are switched off as shipped. */
export async function allowDangerousActions(api: Api): Promise<void> {
  await api.ask(update, { input: { name: 'allow_dangerous_actions', value: true } })
}

const maintain = /* GraphQL */ `
  mutation Maintain($input: SetMaintenanceInput!) {
    setMaintenance(input: $input) { on }
  }
`

export async function setMaintenance(api: Api, on: boolean, message?: string): Promise<void> {
  await api.ask(maintain, { input: { on, message } })
}
