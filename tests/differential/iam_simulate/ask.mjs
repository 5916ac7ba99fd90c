// One JSON question a line in, one JSON answer a line out. The engine is a package of its own licence: it runs in this
// process alone and nothing of it is part of nhilint.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const named = (documents) => documents.map((policy, number) => ({ name: `p${number}`, policy }))
const levels = (found) => found.map((level, number) => ({ orgIdentifier: `level-${number}`, policies: named(level) }))

for await (const line of createInterface({ input: process.stdin })) {
  const q = JSON.parse(line)
  const simulation = {
    request: {
      principal: q.principal === '*' ? { type: 'Anonymous' } : q.principal,
      action: q.action,
      resource: { resource: q.resource, accountId: q.resource_account },
      contextVariables: q.context,
    },
    identityPolicies: named(q.identity_policies ?? []),
    serviceControlPolicies: levels(q.scps ?? []),
    resourceControlPolicies: levels(q.rcps ?? []),
    resourcePolicy: q.resource_policy,
    permissionBoundaryPolicies: q.boundary ? named([q.boundary]) : undefined,
    sessionPolicy: q.session_policy,
  }
  let answer
  try {
    const found = await runSimulation(simulation, {})
    answer =
      found.resultType === 'error'
        ? { error: JSON.stringify(found.errors) }
        : { decision: found.overallResult, ignored: found.result?.ignoredContextKeys ?? [] }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
