/** Something that takes a stretch of a channel. */
export interface Stretch {
  /** Stretches of one group may lie on each other. */
  readonly group: string
  readonly from: number
  readonly to: number
}

/** Gives each stretch of a channel a track (0, 1, …) so that none lies on another; by group. */
export function assignTracks(stretches: readonly Stretch[]): { readonly of: ReadonlyMap<string, number>; readonly count: number } {
  const groups = new Map<string, { from: number; to: number }>()
  for (const { group, from, to } of stretches) {
    const low = Math.min(from, to)
    const high = Math.max(from, to)
    const known = groups.get(group)
    if (known) {
      known.from = Math.min(known.from, low)
      known.to = Math.max(known.to, high)
    } else groups.set(group, { from: low, to: high })
  }
  const of = new Map<string, number>()
  const tracks: { from: number; to: number }[][] = []
  for (const [group, span] of [...groups].sort(([, a], [, b]) => a.from - b.from || b.to - a.to)) {
    let track = tracks.findIndex((taken) => taken.every((other) => other.to < span.from || other.from > span.to))
    if (track < 0) track = tracks.push([]) - 1
    tracks[track]?.push(span)
    of.set(group, track)
  }
  return { of, count: tracks.length }
}
