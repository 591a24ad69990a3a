import { addAccessRoutes } from './access/sign-in-routes.ts'
import type { Api, ApiParts } from './api-parts.ts'
import { addGatedDeploymentRoutes } from './design/gated-deployment-routes.ts'
import { addServicePackageRoutes } from './design/service-package-routes.ts'
import { addVerificationRoutes } from './design/verification-routes.ts'
import { addAgencyLedgerRoutes } from './desk/ledger-routes.ts'
import { addTaskActRoutes } from './desk/task-act-routes.ts'
import { addTaskRoutes } from './desk/task-routes.ts'
import { addAccountRoutes } from './ops/account-routes.ts'
import { addAgencyRoutes } from './ops/agency-routes.ts'
import { addApiKeyRoutes } from './ops/api-key-routes.ts'
import { addAuditRoutes } from './ops/audit-routes.ts'
import { addCalendarRoutes } from './ops/calendar-routes.ts'
import { addDeclarationCheckRoutes } from './ops/declaration-check-routes.ts'
import { addDocumentKeyRoutes } from './ops/document-key-routes.ts'
import { addGroupRoutes } from './ops/group-routes.ts'
import { addHealthRoutes } from './ops/health-routes.ts'
import { addOpsLedgerRoutes } from './ops/ledger-routes.ts'
import { addOpsSurgeryRoutes } from './ops/surgery-routes.ts'
import { addWorkloadRoutes } from './ops/workload-routes.ts'
import { addVerifyRoutes } from './public/verify-routes.ts'
import { addClockRoutes } from './v2/clock-routes.ts'
import { addClusterRoutes } from './v2/cluster-routes.ts'
import { addConditionRoutes } from './v2/condition-routes.ts'
import { addDecisionRoutes } from './v2/decision-routes.ts'
import { addDefinitionRoutes } from './v2/definition-routes.ts'
import { addDeploymentRoutes } from './v2/deployment-routes.ts'
import { addIncidentRoutes } from './v2/incident-routes.ts'
import { addInstanceRoutes } from './v2/instance-routes.ts'
import { addJobActivationRoutes } from './v2/job-activation-routes.ts'
import { addJobAnswerRoutes } from './v2/job-answer-routes.ts'
import { addJobRoutes } from './v2/job-routes.ts'
import { addMessageRoutes } from './v2/message-routes.ts'
import { addSignalRoutes } from './v2/signal-routes.ts'
import { addSubscriptionRoutes } from './v2/subscription-routes.ts'
import { addSurgeryRoutes } from './v2/surgery-routes.ts'
import { addTrailRoutes } from './v2/trail-routes.ts'
import { addUserTaskRoutes } from './v2/user-task-routes.ts'
import { addVariableRoutes } from './v2/variable-routes.ts'
import { addAmendmentRoutes } from './window/amendment-routes.ts'
import { addAnswerRoutes } from './window/answer-routes.ts'
import { addCodelistRoutes } from './window/codelist-routes.ts'
import { addDeclarationRoutes } from './window/declaration-routes.ts'
import { addDocumentRoutes } from './window/document-routes.ts'
import { addEnterpriseTaskRoutes } from './window/enterprise-task-routes.ts'
import { addImportRoutes } from './window/import-routes.ts'
import { addOwnLedgerRoutes } from './window/ledger-routes.ts'
import { addNoticeRoutes } from './window/notice-routes.ts'
import { addServiceRoutes } from './window/service-routes.ts'
import { addWebhookRoutes } from './window/webhook-routes.ts'

type AddRoutes = (app: Api, parts: ApiParts) => void | Promise<void>

const ROUTES: Readonly<Record<string, readonly AddRoutes[]>> = {
  '/access/v1': [addAccessRoutes],
  '/window/v1': [
    addServiceRoutes,
    addCodelistRoutes,
    addDeclarationRoutes,
    addAmendmentRoutes,
    addImportRoutes,
    addNoticeRoutes,
    addEnterpriseTaskRoutes,
    addDocumentRoutes,
    addOwnLedgerRoutes,
    addWebhookRoutes,
    addAnswerRoutes,
  ],
  '/desk/v1': [addTaskRoutes, addTaskActRoutes, addAgencyLedgerRoutes],
  '/design/v1': [addVerificationRoutes, addGatedDeploymentRoutes, addServicePackageRoutes],
  '/v2': [
    addClusterRoutes,
    addDeploymentRoutes,
    addDefinitionRoutes,
    addInstanceRoutes,
    addSurgeryRoutes,
    addJobActivationRoutes,
    addJobAnswerRoutes,
    addJobRoutes,
    addMessageRoutes,
    addSignalRoutes,
    addConditionRoutes,
    addSubscriptionRoutes,
    addDecisionRoutes,
    addTrailRoutes,
    addVariableRoutes,
    addUserTaskRoutes,
    addIncidentRoutes,
    addClockRoutes,
  ],
  '/ops/v1': [
    addAccountRoutes,
    addApiKeyRoutes,
    addAgencyRoutes,
    addGroupRoutes,
    addCalendarRoutes,
    addDeclarationCheckRoutes,
    addOpsLedgerRoutes,
    addOpsSurgeryRoutes,
    addAuditRoutes,
    addDocumentKeyRoutes,
    addWorkloadRoutes,
  ],
  '': [addHealthRoutes, addVerifyRoutes],
}

/** Here a service that another node has put must be known already. */
const OF_SERVICES: ReadonlySet<string> = new Set(['/window/v1', '/desk/v1'])

export async function addRoutes(app: Api, parts: ApiParts): Promise<void> {
  for (const [prefix, list] of Object.entries(ROUTES)) {
    for (const add of list)
      await app.register(
        async (scope) => {
          if (OF_SERVICES.has(prefix)) scope.addHook('preHandler', () => parts.window.packages.refresh())
          await add(scope as Api, parts)
        },
        { prefix },
      )
  }
}
