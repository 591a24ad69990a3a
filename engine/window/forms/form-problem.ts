/** What is wrong with a file of `forms/`. */
export interface FormProblem {
  /** Path in the folder. */
  readonly path: string
  /** JSON pointer, or empty. */
  readonly place: string
  readonly message: string
}

/** Gathers what is wrong, so that all of it is told at once and not one thing at a time. */
export class FormProblems {
  readonly all: FormProblem[] = []

  add(path: string, place: string, message: string): void {
    this.all.push({ path, place, message })
  }

  /** True when something is wrong with that file already: what follows from it need not be told. */
  has(path: string): boolean {
    return this.all.some((problem) => problem.path === path)
  }

  /** What is made, or undefined and a problem. */
  attempt<T>(path: string, make: () => T): T | undefined {
    try {
      return make()
    } catch (error) {
      this.add(path, '', error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Makes something of each; those that cannot be made are left out. */
  each<A, B>(
    map: ReadonlyMap<string, A>,
    pathOf: (id: string, value: A) => string,
    make: (id: string, value: A) => B,
  ): ReadonlyMap<string, B> {
    const made = new Map<string, B>()
    for (const [id, value] of map) {
      const one = this.attempt(pathOf(id, value), () => make(id, value))
      if (one !== undefined) made.set(id, one)
    }
    return made
  }
}
