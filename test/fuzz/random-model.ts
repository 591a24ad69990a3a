import fc from 'fast-check'
import { type ProcessBuilder, process } from '../helpers/process-builder.ts'

/** A piece of a process with one way in and at most one way out. */
export type Block =
  | { readonly kind: 'job' | 'user' | 'manual' | 'timer' | 'message' }
  | { readonly kind: 'sequence' | 'parallel' | 'exclusive' | 'inclusive'; readonly parts: readonly Block[] }
  | { readonly kind: 'race'; readonly message: Block; readonly timer: Block }
  | { readonly kind: 'guarded'; readonly guard: 'timer' | 'message' | 'error'; readonly interrupting: boolean; readonly aside: Block }
  | {
      readonly kind: 'scope'
      readonly inside: Block
      readonly event?: { readonly on: 'timer' | 'message' | 'error'; readonly interrupting: boolean; readonly aside: Block }
    }
  | { readonly kind: 'loop'; readonly body: Block }

/** Random blocks, nested a few levels: what kernels are used for, in every combination. */
export const blocks: fc.Arbitrary<Block> = fc.letrec<{ block: Block; leaf: Block }>((tie) => ({
  leaf: fc
    .constantFrom<Block['kind'] & ('job' | 'user' | 'manual' | 'timer' | 'message')>('job', 'job', 'user', 'manual', 'timer', 'message')
    .map((kind) => ({ kind })),
  block: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record({
      kind: fc.constantFrom('sequence' as const, 'parallel' as const, 'exclusive' as const, 'inclusive' as const),
      parts: fc.array(tie('block'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('race' as const), message: tie('block'), timer: tie('block') }),
    fc.record({
      kind: fc.constant('guarded' as const),
      guard: fc.constantFrom('timer' as const, 'message' as const, 'error' as const),
      interrupting: fc.boolean(),
      aside: tie('block'),
    }),
    fc.record(
      {
        kind: fc.constant('scope' as const),
        inside: tie('block'),
        event: fc.record({
          on: fc.constantFrom('timer' as const, 'message' as const, 'error' as const),
          interrupting: fc.boolean(),
          aside: tie('block'),
        }),
      },
      { requiredKeys: ['kind', 'inside'] },
    ),
    fc.record({
      kind: fc.constant('loop' as const),
      body: tie('leaf').map((leaf): Block => (leaf.kind === 'manual' ? { kind: 'job' } : leaf)),
    }),
  ),
})).block

/** The BPMN of a block, with its own ids. */
export function modelOf(block: Block): ProcessBuilder {
  let count = 0
  const id = (prefix: string) => `${prefix}${++count}`
  const trigger = (on: 'timer' | 'message' | 'error') =>
    on === 'timer' ? { duration: 'PT1H' } : on === 'message' ? { message: 'news', correlationKey: '="k"' } : { error: 'E' }

  const write = (at: ProcessBuilder, part: Block): void => {
    switch (part.kind) {
      case 'job':
        at.serviceTask(id('job'), { type: 'job' })
        return
      case 'user':
        at.userTask(id('user'))
        return
      case 'manual':
        at.manualTask(id('manual'))
        return
      case 'timer':
        at.catchEvent(id('timer'), { duration: 'PT30M' })
        return
      case 'message':
        at.catchEvent(id('message'), { message: 'news', correlationKey: '="k"' })
        return
      case 'sequence':
        for (const step of part.parts) write(at, step)
        return
      case 'parallel': {
        const [fork, join] = [id('fork'), id('join')]
        at.parallel(fork)
        branches(at, fork, join, part.parts, () => at.parallel(join))
        return
      }
      case 'exclusive': {
        const [choice, merge] = [id('choice'), id('merge')]
        at.exclusive(choice)
        branches(
          at,
          choice,
          merge,
          part.parts,
          () => at.exclusive(merge),
          (index) => (index === 0 ? at.otherwise() : at.when(`=pick = ${index}`)),
        )
        return
      }
      case 'inclusive': {
        const [split, join] = [id('split'), id('join')]
        at.inclusive(split)
        branches(
          at,
          split,
          join,
          part.parts,
          () => at.inclusive(join),
          (index) => (index === 0 ? at.otherwise() : at.when(`=pick >= ${index}`)),
        )
        return
      }
      case 'race': {
        const [gateway, merge] = [id('race'), id('merge')]
        at.eventGateway(gateway).catchEvent(id('message'), { message: 'news', correlationKey: '="k"' })
        write(at, part.message)
        at.exclusive(merge)
        at.at(gateway).catchEvent(id('timer'), { duration: 'PT2H' })
        write(at, part.timer)
        at.to(merge).at(merge)
        return
      }
      case 'guarded': {
        const [task, merge] = [id('guarded'), id('merge')]
        const interrupting = part.guard === 'error' || part.interrupting
        at.serviceTask(task, { type: 'job' }).exclusive(merge)
        at.boundary(task, id('boundary'), { ...trigger(part.guard), interrupting })
        write(at, part.aside)
        // An interrupted branch must go on to the join that waits for it, or the model itself is a deadlock.
        if (interrupting) at.to(merge)
        else at.end(id('end'))
        at.at(merge)
        return
      }
      case 'scope':
        at.subProcess(id('scope'), (inner) => {
          inner.start(id('start'))
          write(inner, part.inside)
          inner.end(id('end'))
          const { event } = part
          if (!event) return
          inner.eventSubProcess(id('event'), (aside) => {
            aside.startOn(id('on'), { ...trigger(event.on), interrupting: event.on === 'error' || event.interrupting })
            write(aside, event.aside)
            aside.end(id('end'))
          })
        })
        return
      case 'loop': {
        const [entry, exit] = [id('entry'), id('exit')]
        at.exclusive(entry)
        write(at, part.body)
        at.exclusive(exit)
        at.when('=again').to(entry).at(exit).otherwise()
      }
    }
  }
  const branches = (
    at: ProcessBuilder,
    from: string,
    to: string,
    parts: readonly Block[],
    merge: () => void,
    before?: (index: number) => void,
  ): void => {
    for (const [index, branch] of parts.entries()) {
      at.at(from)
      before?.(index)
      write(at, branch)
      if (index === 0) merge()
      else at.to(to)
    }
    at.at(to)
  }

  const model = process('random').start()
  write(model, block)
  return model.end('done')
}
