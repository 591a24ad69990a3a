import type { Text } from '../window/index.ts'

/**
 * What rooms below say of a failure, in both languages. The rooms speak English; the part in braces is what they found. A test
 * holds the table to every failure they can throw, so none reaches a person in one language only.
 */
export const FAILURE_TEXTS = {
  // declarations
  FORM_SHAPE: { en: 'Expected data of the shape of form {form}; see errors', zh: '申报数据不符合表单 {form} 的结构，详见 errors' },
  NOTICE_WRONG: { en: 'Expected a notice that form {form} finds right; see errors', zh: '通知内容不符合表单 {form} 的要求，详见 errors' },
  NOTICE_KIND: {
    en: 'Expected a kind of notice that {service} takes ({known}), found {kind}',
    zh: '服务 {service} 不接受通知类型 {kind}，可用类型：{known}',
  },
  NOT_NEWEST: {
    en: 'Expected to amend version {expected} of {receipt}, but the newest is {newest}; look at it and amend that',
    zh: '回执 {receipt} 的最新版本为 {newest}，不是 {expected}；请查看最新版本后再更正',
  },
  SERVICE_GONE: {
    en: 'Service {service} of declaration {receipt} is no longer offered',
    zh: '申报 {receipt} 所属服务 {service} 已停止办理',
  },
  RECEIPT_UNKNOWN: {
    en: 'Expected a declaration with receipt number {receipt}, but there is none',
    zh: '未找到回执编号为 {receipt} 的申报',
  },
  SERVICE_UNKNOWN: { en: 'Expected one of the services {known}, found {service}', zh: '没有服务 {service}，可用服务：{known}' },
  SERVICE_VERSION_UNKNOWN: {
    en: 'Expected one of the versions {versions} of service {service}, found {version}',
    zh: '服务 {service} 没有第 {version} 版，现有：{versions}',
  },
  FORM_FILE_UNREADABLE: { en: 'Expected forms/{path} to be readable, but: {why}', zh: 'forms/{path} 无法读取：{why}' },
  FORM_FILE_INCOMPLETE: { en: 'Expected forms/{path} to be complete, but {pointer} {why}', zh: 'forms/{path} 不完整：{pointer} {why}' },
  FORM_ITEM_UNKNOWN: {
    en: 'Expected form {form} to refer to an item of the dictionary, but found no {reference}',
    zh: '表单 {form} 引用的数据项 {reference} 不在数据字典中',
  },
  FORM_CODELIST_UNKNOWN: {
    en: 'Expected a code list {list} in forms/codelists, but there is none',
    zh: 'forms/codelists 中没有代码表 {list}',
  },
  FORM_RULE_NOT_FEEL: { en: 'Expected rule {rule} to be FEEL: {why}', zh: '规则 {rule} 不是有效的 FEEL：{why}' },
  FORM_RULE_ITEM_UNKNOWN: {
    en: 'Expected rule {rule} to speak of items of form {form}, but {item} is none of them',
    zh: '规则 {rule} 使用的 {item} 不是表单 {form} 的数据项',
  },
  FORM_MESSAGE_FOREIGN_ITEM: {
    en: 'Expected message {message} to use items routed to {agency}, but found {items}',
    zh: '报文 {message} 使用了不发送给机构 {agency} 的数据项：{items}',
  },
  FORM_TEMPLATE_NAME_UNKNOWN: {
    en: 'Expected template {template} to read items.x, rows by name, and what it is given, but found {problems}',
    zh: '模板 {template} 只能使用 items.x、按名称的行及所提供的内容，实际为 {problems}',
  },
  FORM_DECISION_INCOMPLETE: {
    en: 'Expected officer form {form} to be complete, but found: {problems}',
    zh: '审批表单 {form} 不完整：{problems}',
  },
  SERVICE_CLOSED: {
    en: 'Service {service} takes declarations from {from} to {to}',
    zh: '服务 {service} 的受理期为 {from} 至 {to}',
  },
  KEY_LENGTH: {
    en: 'Expected an idempotency key of 1 to {most} characters, found {found}',
    zh: '幂等键长度应为 1 至 {most} 个字符，实际为 {found} 个',
  },
  KEY_OF_ANOTHER: {
    en: 'Expected the declaration that idempotency key {key} was first used for ({first}), found another; choose a new key',
    zh: '幂等键 {key} 已用于另一份申报（{first}）；请使用新的键',
  },
  KEY_REUSED: {
    en: 'Expected the content that idempotency key {key} was first used for ({first}), found another; choose a new key',
    zh: '此 Idempotency-Key {key} 已用于其他内容（{first}）；请使用新的键',
  },
  CASE_ENDED: {
    en: 'Expected to {action} declaration {receipt}, but it ended as {state}; file a new one',
    zh: '无法{action}申报 {receipt}：已办结（{state}）；请另行申报',
  },
  ACTION_NOT_NOW: {
    en: 'Expected to {action} declaration {receipt}, but its process does not take that now; possible is {possible}',
    zh: '申报 {receipt} 当前不能{action}；可进行的操作：{possible}',
  },
  REASON_LENGTH: {
    en: 'Expected a reason of 1 to {most} characters, found {found}',
    zh: '理由长度应为 1 至 {most} 个字符，实际为 {found} 个',
  },
  WITHDRAWN_BEFORE: {
    en: 'Declaration {receipt} was withdrawn before; nothing is left to do',
    zh: '申报 {receipt} 已撤回，无需再次操作',
  },
  // tasks of the enterprise
  TASK_NOT_OF_ENTERPRISE: {
    en: 'Expected a task of the enterprise in declaration {receipt}, but {task} is none; see nextActions of its status',
    zh: '申报 {receipt} 中没有企业任务 {task}；请查看状态中的 nextActions',
  },
  TASK_DONE: { en: 'Task {task} is {state} already', zh: '任务 {task} 已处于 {state} 状态' },
  STATEMENT_NOT_MADE: { en: 'Expected {name} to be {value}, found {found}: {text}', zh: '{name} 应为 {value}，实际为 {found}' },
  EXPECTED_FOUND: { en: 'Expected {expected}, found {found}', zh: '应为{expected}，实际为 {found}' },
  // imports
  IMPORTS_UNDER_WAY: {
    en: 'Expected at most {most} imports of an enterprise under way, found {found}; wait for one to end or cancel it',
    zh: '每家企业最多 {most} 个导入任务同时进行，现有 {found} 个；请等待完成或取消其中一个',
  },
  GROUP_UNKNOWN: { en: 'Expected a group of form {form} ({known}), found {group}', zh: '表单 {form} 没有分组 {group}，可用分组：{known}' },
  // webhooks, credit
  WEBHOOK_COUNT: {
    en: 'Expected at most {most} webhooks for an enterprise; remove one first',
    zh: '每家企业最多 {most} 个 webhook；请先删除一个',
  },
  WEBHOOK_EVENTS: {
    en: 'Expected 1 to {most} event names such as declaration.released, or {all} for all, found {found}',
    zh: '应有 1 至 {most} 个事件名称（例如 declaration.released，或用 {all} 表示全部），实际为 {found}',
  },
  CREDIT_CLASS: { en: 'Expected one of the credit classes {known}, found {found}', zh: '信用等级应为 {known} 之一，实际为 {found}' },
  // ledgers
  AMOUNT: {
    en: 'Expected an amount as a decimal that is not negative ("99015.00"), found {found}',
    zh: '金额或数量应为非负小数（如 "99015.00"），实际为 {found}',
  },
  AMOUNT_SCALE: {
    en: 'Expected an amount of at most {scale} decimals, for that is what {unit} has, found {found}; round it in the model',
    zh: '{unit} 最多 {scale} 位小数，实际为 {found}；请先取整',
  },
  AMOUNT_SIZE: { en: 'Expected an amount below 10^{digits}, found {found}', zh: '金额或数量应小于 10 的 {digits} 次方，实际为 {found}' },
  ACCOUNT_CLOSED: {
    en: 'Expected account {account} of {ledger} to be open, but it is closed',
    zh: '台账 {ledger} 的账户 {account} 已关闭',
  },
  ACCOUNT_OPENED_BEFORE: {
    en: 'Expected {account} to be a new account of {ledger}, but it was opened before; choose another id',
    zh: '台账 {ledger} 中账户 {account} 已存在；请另选编号',
  },
  ENTRY_KEY_REUSED: {
    en: 'Expected key {key} to stand for one entry, but it stands for {kind} {amount} ({entry}) and was used for {other} with other content; choose a key that names the thing itself',
    zh: '键 {key} 已用于分录 {entry}（{kind} {amount}），不能再用于内容不同的 {other}；请另选键',
  },
  RESERVATION_UNKNOWN: {
    en: 'Expected {id} to be a reservation of account {account}, but there is none',
    zh: '账户 {account} 没有预留 {id}',
  },
  RESERVATION_LEFT: {
    en: 'Expected at most {available}, which is what reservation {id} has to {kind}, found {found}',
    zh: '预留 {id} 可用 {available}（{kind}），实际为 {found}',
  },
  RESERVATION_TAKEN: {
    en: 'Expected {id} to be a new reservation of account {account}, but the id is taken; an id is used once',
    zh: '账户 {account} 已有预留 {id}；编号只能使用一次',
  },
  ACCOUNT_NOT_VALID: {
    en: 'Expected account {account} of {ledger} to be valid on {today}, but it is from {from} to {to}; extend it first',
    zh: '台账 {ledger} 的账户 {account} 在 {today} 无效（有效期 {from} 至 {to}）；请先展期',
  },
  RESERVATIONS_OPEN: {
    en: 'Expected no open reservations on account {account}, found {count} ({ids}); release or write them off first',
    zh: '账户 {account} 尚有 {count} 笔预留（{ids}）；请先释放或核销',
  },
  BALANCE_SHORT: {
    en: 'Expected at most {most} {unit} of account {account} of {ledger}, but {missing} more is needed; increase the account, release what is reserved, or ask for less',
    zh: '台账 {ledger} 的账户 {account} 可用 {most} {unit}，还差 {missing}；请增加额度、释放预留或减少申请量',
  },
  LEDGER_ACCOUNT_UNKNOWN: {
    en: 'Expected an account {account} in ledger {ledger} of this enterprise, but there is none',
    zh: '台账 {ledger} 中没有本企业的账户 {account}',
  },
  LEDGER_UNKNOWN: {
    en: 'Expected ledger to be one of {known}, found {ledger}; add it to processes/ledgers.json',
    zh: '没有台账 {ledger}，可用台账：{known}；请加入 processes/ledgers.json',
  },
  // accounts
  ACCOUNT_NAME: {
    en: 'Expected an account name of 2 to 63 lower-case letters, digits, dots, dashes or underscores, but found {found}',
    zh: '账户名应为 2 至 63 个小写字母、数字、点、短横线或下划线，实际为 {found}',
  },
  ACCOUNT_TAKEN: { en: 'Expected a new account name, but {name} is taken; choose another one', zh: '账户名 {name} 已被使用；请另选一个' },
  ACCOUNT_UNKNOWN: { en: 'Expected an account {account}, but there is none', zh: '未找到账户 {account}' },
  ROLE_MISSING: { en: 'Expected at least one role', zh: '至少须有一个角色' },
  AGENCY_FOR_ROLES: {
    en: 'Expected an agency for the roles officer and agency, and for no other role',
    zh: '只有 officer 和 agency 角色须指定机构，其他角色不得指定',
  },
  AGENCY_ID: { en: 'Expected an agency id such as "customs", but found {found}', zh: '机构代码应为 "customs" 之类，实际为 {found}' },
  GROUPS_FOR_OFFICERS: { en: 'Expected groups for the role officer only', zh: '只有 officer 角色可指定岗位组' },
  GROUPS_OF_AGENCY: {
    en: "Expected groups of the officer's own agency ({agency}.…), but found {found}",
    zh: '岗位组须属于本机构（{agency}.…），实际为 {found}',
  },
  USCC_FOR_ENTERPRISES: {
    en: 'Expected a unified social credit code for the role enterprise, and for no other role',
    zh: '只有 enterprise 角色须填写统一社会信用代码，其他角色不得填写',
  },
  USCC_FORM: {
    en: 'Expected a unified social credit code of 18 characters, but found {found}',
    zh: '统一社会信用代码应为 18 位，实际为 {found}',
  },
  KEY_EXPIRED: {
    en: 'Expected expiresAt in the future; leave it out for a key without end',
    zh: 'expiresAt 须晚于当前时间；长期有效的密钥可不填',
  },
  TOO_MANY_SIGN_INS: {
    en: 'Expected at most {most} failed sign-ins a minute from one address; wait a minute',
    zh: '同一地址每分钟最多允许 {most} 次登录失败；请一分钟后重试',
  },
  SIGN_IN_REFUSED: {
    en: 'Expected a valid session token, API key, or account name and password; sign in again',
    zh: '会话令牌、API 密钥或账户名与密码无效；请重新登录',
  },
  ACCOUNT_LOCKED: {
    en: 'Expected a sign-in after the lock ends: the password was wrong too often; wait, or ask an administrator',
    zh: '密码错误次数过多，账户已锁定；请稍后再试或联系管理员',
  },
  KEY_FOR_SYSTEMS: {
    en: 'Expected an account of a system: administrators and officers act in person, with a password',
    zh: '密钥只发给系统账户：管理员和办事人员须以密码登录本人操作',
  },
  KEY_FORM: {
    en: 'Expected an API key swk_<id>_<secret> of account {account}',
    zh: '账户 {account} 的 API 密钥应为 swk_<id>_<secret> 的形式',
  },
  PASSWORD_LENGTH: {
    en: 'Expected a password of {least} to {most} characters, but found {found}; choose a longer sentence',
    zh: '密码长度应为 {least} 至 {most} 个字符，实际为 {found} 个；请使用更长的句子',
  },
  PASSWORD_HAS_NAME: {
    en: 'Expected a password without the account name in it; choose another one',
    zh: '密码中不得包含账户名；请另选一个',
  },
  PASSWORD_SAME: {
    en: 'Expected a password of at least 5 different characters; choose another one',
    zh: '密码至少须含 5 种不同字符；请另选一个',
  },
  // user tasks
  TASK_NOT_OPEN: {
    en: 'Expected an open user task {task}, but there is none; it was completed or its element ended',
    zh: '任务 {task} 不存在或已结束：可能已办结，或流程已离开该环节',
  },
  TASK_LISTENED: {
    en: 'Expected user task {task} to be at rest, but its listeners are asked while {phase}; try again once they have answered',
    zh: '任务 {task} 正在处理上一次操作（{phase}）；请稍后重试',
  },
  TASK_HELD: {
    en: 'Expected to claim user task {task}, but {holder} already holds it; unassign it first',
    zh: '任务 {task} 已由 {holder} 领取；请先释放',
  },
  TASK_BY_SAME_PERSON: {
    en: 'Expected task {task} to be done by another person than {element}, but {person} did that; leave it to a colleague',
    zh: '任务 {task} 与环节 {element} 不得由同一人办理，而 {person} 已办理后者；请交由其他同事办理',
  },
  TASK_MUST_GO_ON: {
    en: 'Expected user task {task} to be let go on while {phase}, but it was denied; complete the job without denying',
    zh: '任务 {task} 在 {phase} 阶段不可拒绝；请直接完成作业',
  },
  DENIED_AND_CORRECTED: {
    en: 'Expected either a denial or corrections for user task {task}, but found both; send one of them',
    zh: '任务 {task} 的应答只能是拒绝或更正之一；请只发送其一',
  },
  TASK_PRIORITY: {
    en: 'Expected the priority of user task {task} to be 0 to 100, but found {found}; choose one of these',
    zh: '任务 {task} 的优先级应为 0 至 100，实际为 {found}',
  },
  TASK_DATE: {
    en: "Expected {name} of user task {task} to be an ISO 8601 date-time, but found '{found}'; correct it",
    zh: '任务 {task} 的 {name} 应为 ISO 8601 日期时间，实际为 {found}',
  },
  // the engine
  ENGINE_WORKERS: { en: 'The engine is closing and takes no more workers', zh: '引擎正在关闭，不再接受工作者' },
  ENGINE_CLOSING: {
    en: 'The engine is closing and takes no more commands; ask another node, or again when it is back',
    zh: '引擎正在关闭，不再受理；请访问其他节点或稍后重试',
  },
  STORE_DOWN: { en: 'The store could not be used: {reason}. Try again.', zh: '存储暂不可用；请稍后重试' },
  NOT_STORED: { en: 'The command could not be stored: {reason}. Try again.', zh: '操作未能保存；请稍后重试' },
  ENGINE_BUSY: {
    en: 'Expected fewer than {most} commands under way, but found {found}; try again in a moment',
    zh: '系统繁忙：正在处理 {found} 个操作（上限 {most}）；请稍后重试',
  },
  SCOPE_UNKNOWN: {
    en: 'Expected a process instance or a live element instance {key}, but there is none',
    zh: '未找到流程实例或活动环节 {key}',
  },
  INSTANCE_UNKNOWN: { en: 'Expected process instance {key}, but there is none', zh: '未找到流程实例 {key}' },
  DEFINITION_UNKNOWN: { en: 'Expected process definition {key} to be deployed, but it is not', zh: '流程定义 {key} 未部署' },
  TOO_LARGE: {
    en: 'Expected variables of at most {most} bytes of JSON, but found {found} bytes. Keep large content in documents and pass a reference.',
    zh: '变量的 JSON 不得超过 {most} 字节，实际为 {found} 字节；大块内容请存为文档并传递引用',
  },
  MESSAGE_TTL: {
    en: "Expected a time to live of 0 ms or more for message '{name}', but found {found}",
    zh: '消息 {name} 的有效期应不小于 0 毫秒，实际为 {found}',
  },
  MESSAGE_NAME: {
    en: "Expected a message name that is not empty and does not begin with 'signal:', but found '{name}'",
    zh: '消息名称不得为空，也不得以 signal: 开头，实际为 {name}',
  },
  MESSAGE_BUFFERED: {
    en: "Expected a new message id for '{name}' with key '{key}', but '{id}' is still buffered; it needs no second publication",
    zh: '消息 {name}（关联键 {key}）的编号 {id} 仍在等待处理，无需重复发布',
  },
  MESSAGE_UNWANTED: {
    en: "Expected something to wait for message '{name}' with key '{key}', but nothing does; publish it with a time to live to keep it",
    zh: '当前没有流程等待消息 {name}（关联键 {key}）；如需保留，请带有效期发布',
  },
  // uploads
  PART_NAME: {
    en: 'Expected files in parts named "resources", but found one in {found}',
    zh: '文件须放在名为 "resources" 的部分，实际为 {found}',
  },
  PARTS_KNOWN: { en: 'Expected no parts but {known}, but found {found}', zh: '只接受 {known} 部分，实际为 {found}' },
  UPLOAD_BROKEN: {
    en: 'Expected a multipart/form-data body, but it cannot be read: {reason}; nothing was stored',
    zh: '请求体不是有效的 multipart/form-data，未存储任何内容',
  },
  NO_FILE: {
    en: 'Expected at least one file in a part named "resources", but found none',
    zh: '名为 "resources" 的部分中至少须有一个文件',
  },
  FILE_NAME: { en: 'Expected a file name of 1 to {most} characters with its extension', zh: '文件名应为 1 至 {most} 个字符并带扩展名' },
  FILE_TWICE: { en: 'Expected each file name once, but found {name} twice', zh: '文件名 {name} 重复' },
  NOT_UTF8: {
    en: 'Expected {name} in UTF-8, but it is in another encoding; save it as UTF-8',
    zh: '{name} 不是 UTF-8 编码；请另存为 UTF-8',
  },
  LAYOUT: { en: 'Expected layout to be "auto" or absent, but found {found}', zh: 'layout 应为 "auto" 或不填，实际为 {found}' },
} as const satisfies Readonly<Record<string, Text>>

/** What stands inside such a text and is itself a phrase. */
export const FAILURE_PHRASES: Readonly<Record<string, string>> = {
  amend: '更正',
  withdraw: '撤回',
  'to wait': '等待',
  'further notice': '另行通知',
  completed: '已完成',
  canceled: '已取消',
  completing: '办结处理中',
  assigning: '领取处理中',
  updating: '修改处理中',
  creating: '创建处理中',
  canceling: '取消处理中',
  'an https URL': ' https 网址',
  'a URL without a user name; deliveries are signed instead': '不含用户名的网址（推送已签名）',
  'a host on the public network': '公网主机',
}
