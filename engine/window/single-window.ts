import { join } from 'node:path'
import { projectRoot } from '../root.ts'
import type { Engine, EngineOptions, InProcessWorker } from '../runtime/index.ts'
import type { Store } from '../store/index.ts'
import { type AgencyMessages, agencyMessages } from './agency-message.ts'
import { agencyRegister, readAgencies } from './agency-register.ts'
import { amendment } from './amendment.ts'
import { type Announcement, announcement } from './announcement.ts'
import { takingAnswers } from './answer/take-answer.ts'
import { caseTrees } from './case-tree.ts'
import type { Forms, ListedDeclaration, Service, SingleWindow } from './contract.ts'
import { type DeclarationRecord, type Declarations, newestVersion, openDeclarations, versionOf } from './declaration-record.ts'
import { declarationStatuses } from './declaration-status.ts'
import { openDocuments } from './document/open-documents.ts'
import { elementCatalogues } from './element-catalogue.ts'
import { enterpriseCredit } from './enterprise-credit.ts'
import { enterpriseTask } from './enterprise-task.ts'
import { foundErrors } from './found-errors.ts'
import { type OutsidePoster, outsidePoster } from './guarded-post.ts'
import { openImports } from './import/index.ts'
import { ledgerWorkers, openLedgers, readLedgers } from './ledger/index.ts'
import { notices } from './notice.ts'
import { currentOffer } from './offer.ts'
import { openCaseWorker } from './open-case.ts'
import { openPackages } from './package/service-packages.ts'
import { sentInterchanges } from './sent-interchange.ts'
import { deployModels, type ServiceCatalogue } from './service-catalogue.ts'
import { getService, submission } from './submission.ts'
import { stateNameOf } from './timeline.ts'
import { validateWorker } from './validate-worker.ts'
import { registerWebhookDelivery } from './webhook-delivery.ts'
import { webhookRegister } from './webhook-register.ts'
import { webhookSource } from './webhook-source.ts'
import type { WindowParts } from './window-parts.ts'
import { withdrawing } from './withdrawal.ts'

export interface WindowOptions {
  readonly engine: Engine
  readonly store: Store
  readonly forms: Forms
  readonly log: EngineOptions['log']
  /** Default: `processes` of the project. */
  readonly processesFolder?: string
  /** Where `forms` were read from. Default: `forms` of the project. */
  readonly formsFolder?: string
  /** IANA zone of human times. Default Asia/Shanghai. */
  readonly zone?: string
  /** Address of the server as the public reaches it, for the QR codes of documents. Default: this machine's. */
  readonly publicUrl?: () => string
  /** Lets enterprises have webhooks inside the house and without TLS; for demonstration and tests. Default false. */
  readonly allowPrivateWebhooks?: boolean
  /** Takes messages to agencies in place of the network, for trials. */
  readonly agencyPoster?: OutsidePoster
}

const DEFAULT_ZONE = 'Asia/Shanghai'
const DEFAULT_PUBLIC_URL = 'http://127.0.0.1:8080'

/**
 * Opens the window on an engine: reads and deploys the services, finishes what a crash left half done, and serves the
 * window's own jobs until it is closed.
 * @throws Error when a service or a model cannot be read.
 */
export async function openWindow(options: WindowOptions): Promise<SingleWindow> {
  const { engine, store, log, zone = DEFAULT_ZONE, allowPrivateWebhooks = false, publicUrl = () => DEFAULT_PUBLIC_URL } = options
  const folder = options.processesFolder ?? join(projectRoot(), 'processes')
  const elements = elementCatalogues(engine, store)
  let opened: ServiceCatalogue | undefined
  // Before anything is waited for: a timer that is due commits as soon as the engine runs.
  engine.addOutboxSource(webhookSource(elements, () => opened))
  const { packages, processes } = await openPackages({
    engine,
    store,
    log,
    elements,
    processesFolder: folder,
    formsFolder: options.formsFolder ?? join(projectRoot(), 'forms'),
    forms: options.forms,
    agencies: async () => (await agencies.all()).map(({ agencyId }) => agencyId),
  })
  await deployModels(engine, processes)
  const offer = currentOffer({ forms: options.forms, services: processes.services })
  const { forms, services } = offer
  await packages.start(offer)
  opened = services
  const parts: WindowParts = { engine, store, forms, services, elements, zone, log }

  const declarations = openDeclarations(store)
  const credit = enterpriseCredit(parts, declarations)
  const documents = await openDocuments(parts, publicUrl)
  const { start, announce } = announcement(parts, declarations, credit)
  // Agencies are configured by administrators and often live inside the house; webhooks are chosen by enterprises.
  const agencyPoster = options.agencyPoster ?? outsidePoster({ allowPrivate: true })
  const webhookPoster = outsidePoster({ allowPrivate: allowPrivateWebhooks })
  const sent = sentInterchanges(store)
  const messages = upToDate(agencyMessages(parts, declarations, sent), packages.refresh)
  const agencies = agencyRegister(parts, messages, agencyPoster)
  const statuses = declarationStatuses(parts, declarations, documents, agencies)
  const change = { declarations, announce, statusOf: statuses.of }
  const submit = submission(parts, declarations, start)
  const imports = openImports(parts, declarations, submit)
  const noticeBook = notices(parts, declarations, statuses.of)
  const ledgers = await openLedgers({ store, clock: engine.clock, zone, definitions: await readLedgers(folder) })
  const webhooks = webhookRegister(parts, { allowPrivate: allowPrivateWebhooks })

  registerWebhookDelivery(parts, { declarations, webhooks, poster: webhookPoster, statusOf: statuses.of })
  await agencies.seed(await readAgencies(folder))
  await finishPending(declarations, announce, log)
  await noticeBook.finishPending()
  await credit.finishPending()
  await agencies.start()
  const unreachable = [...(await agencies.unreachable([...new Set(services.all().flatMap((service) => service.agencies))])).keys()]
  if (unreachable.length > 0) log('warn', 'Messages to these agencies wait: they have no transport', { agencies: unreachable })
  const ofServices = [validateWorker(parts, declarations), openCaseWorker(parts, declarations, submit), ...documents.workers(declarations)]
  const stopWorkers = [
    ...ofServices.map((worker) => upToDateWorker(worker, packages.refresh)),
    ...ledgerWorkers(ledgers, engine.clock),
  ].map((worker) => engine.addWorker(worker))
  await imports.finishPending()

  return {
    forms,
    services: services.all,
    service: services.find,
    validate: (service, data) => foundErrors(forms, getService(services, service), data),
    submit,
    status: statuses.find,
    async declarationData(receiptNo, version) {
      const stored = await declarations.find(receiptNo)
      const found = stored && versionOf(stored.body, version)
      return found && { version: found.version, data: found.data, submittedAt: found.submittedAt }
    },
    find: declarations.find,
    async openedBy(receiptNo) {
      const page = await declarations.search({
        filter: { openedBy: receiptNo },
        sort: [{ field: 'createdAt', order: 'asc' }],
        limit: 1_000,
      })
      return page.items.map(({ body: { versions: _, ...shown } }) => shown)
    },
    async list({ from, limit, ...wanted }) {
      const filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const page = await declarations.search({ filter, sort: [{ field: 'createdAt', order: 'desc' }], from, limit })
      return { total: page.total, items: page.items.map(({ body }) => toListed(body, services.find(body.service)?.ends ?? {})) }
    },
    amend: amendment(parts, change),
    withdraw: withdrawing(parts, change),
    caseTree: caseTrees(parts, declarations),
    giveNotice: noticeBook.give,
    notices: noticeBook.list,
    completeTask: enterpriseTask(parts, declarations),
    document: documents.file,
    checkDocument: documents.check,
    documentKeys: documents.publicKeys,
    rotateDocumentKey: documents.rotateKey,
    addWebhook: webhooks.add,
    listWebhooks: webhooks.list,
    removeWebhook: webhooks.remove,
    takeAnswer: takingAnswers(parts, declarations, sent),
    agencies: agencies.all,
    putAgency: agencies.put,
    jobForAgency: messages.jobForAgency,
    setCredit: credit.set,
    ledgers,
    packages,
    imports,
    async close() {
      await imports.close()
      packages.close()
      await Promise.all([agencies.close(), ...stopWorkers.map((stop) => stop())])
      await Promise.all([agencyPoster.close(), webhookPoster.close(), documents.close()])
    },
  }
}

/** Another node may have put a service since: its declarations must not be worked on by what was there before. */
function upToDateWorker(worker: InProcessWorker, refresh: () => Promise<void>): InProcessWorker {
  return {
    ...worker,
    async handle(...given) {
      await refresh()
      return worker.handle(...given)
    },
  }
}
function upToDate({ render, jobForAgency }: AgencyMessages, refresh: () => Promise<void>): AgencyMessages {
  return {
    render: async (job) => refresh().then(() => render(job)),
    jobForAgency: async (job) => refresh().then(() => jobForAgency(job)),
  }
}

/** Without its data: that is large, and for those who ask for one declaration. */
function toListed(record: DeclarationRecord, ends: Service['ends']): ListedDeclaration {
  const { versions: _, ...shown } = record
  const { en, zh } = stateNameOf(record.state, ends)
  return { ...shown, stateName: { en, zh }, version: newestVersion(record).version }
}

/**
 * Declarations whose process has still to be started or told something: a crash came between. One that cannot be helped
 * stays pending and keeps no other waiting.
 */
async function finishPending(declarations: Declarations, announce: Announcement['announce'], log: WindowOptions['log']): Promise<void> {
  for (let after = ''; ; ) {
    const filter = { pending: true, receiptNo: { gt: after } }
    const page = await declarations.search({ filter, sort: [{ field: 'receiptNo', order: 'asc' }], limit: 500 })
    if (page.items.length === 0) return
    for (const { body } of page.items) {
      after = body.receiptNo
      await announce(body).catch((error: unknown) =>
        log('error', 'A declaration is left pending', { receiptNo: after, error: String(error) }),
      )
    }
  }
}
