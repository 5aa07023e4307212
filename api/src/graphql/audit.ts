import { pageOfAudit } from '../domains/access/audit.ts'
import type { AuditEntry } from '../domains/audit/model.ts'
import { builder } from './builder.ts'
import { connectionOfPage, forwardArgs, pageCost } from './paging.ts'

const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'What an administrator changed. It is written with the change and never altered.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its UUID.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    actor: t.exposeString('actorName', { description: 'Who.' }),
    action: t.exposeString('action', { description: 'What, as noun and verb: `setting.update`.' }),
    subjectType: t.exposeString('subjectType', {
      nullable: true,
      description: 'The kind of thing it was done to.',
    }),
    subjectId: t.exposeString('subjectId', { nullable: true, description: 'The very thing.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'The reason that was given.' }),
    address: t.exposeString('address', { nullable: true, description: 'From where.' }),
    details: t.expose('details', {
      type: 'JSON',
      description: 'What changed, before and after; no secrets.',
    }),
  }),
})

const AuditEntryEdge = builder.edgeObject({
  type: AuditEntryRef,
  name: 'AuditEntryEdge',
  description: 'One of a list of audit entries, with its place.',
})

const AuditEntryConnection = builder.connectionObject(
  { type: AuditEntryRef, name: 'AuditEntryConnection', description: 'A page of the audit record.' },
  AuditEntryEdge,
)

builder.queryField('auditEntries', (t) =>
  t.field({
    type: AuditEntryConnection,
    description: 'The audit record, newest first.',
    authScopes: { permission: 'audit.view' },
    complexity: pageCost,
    args: {
      ...forwardArgs,
      subjectType: t.arg.string({ description: 'Only about things of this kind.' }),
      subjectId: t.arg.string({ description: 'Only about this very thing.' }),
    },
    resolve: async (_root, args, { parts, actor }) =>
      connectionOfPage(await pageOfAudit(parts.app, actor, args), args.after, ({ id }) => id),
  }),
)
