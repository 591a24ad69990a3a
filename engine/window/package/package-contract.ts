import type { Actor, EpochMs, JsonObject } from '../../kernel/index.ts'
import type { Text } from '../contract.ts'
import type { FileProblem, FileSet } from '../file-set.ts'
import type { Offer } from '../offer.ts'

/** A file of a package, by its path in the tree: `processes/<id>/service.json`, `forms/declarations/<form>.schema.json` … */
export interface PackageFile extends JsonObject {
  readonly path: string
  readonly content: string
}

/** One version of a service's package as stored; never changes. */
export interface StoredPackage extends JsonObject {
  readonly service: string
  readonly version: number
  readonly files: readonly PackageFile[]
}
/** What is told of a version without its files. */
export interface PackageVersion extends JsonObject {
  readonly version: number
  readonly deployedAt: EpochMs
  readonly deployedBy: string
  readonly note: string
  readonly files: number
}

/** The version that stands for the files on disk. */
export const DISK = 0

/** A service as an analyst sees it. */
export interface DescribedService {
  readonly id: string
  /** Absent while neither the disk nor a sound package holds it. */
  readonly name?: Text
  readonly source: 'disk' | 'package'
  /** Of the package that is active; `DISK` for the files on disk. */
  readonly version: number
  readonly isOnDisk: boolean
  readonly validFrom?: string
  /** The last day it takes declarations, by its file or because it was retired. */
  readonly validTo?: string
  readonly retired: boolean
  /** Oldest first. */
  readonly versions: readonly PackageVersion[]
  /** Why the active version is not offered by this node; empty when it is. */
  readonly faults: readonly FileProblem[]
}

/** A package held against everything that is there. Nothing is stored yet. */
export interface PreparedPackage {
  readonly service: string
  /** All that is wrong; the package can be put when there is nothing. */
  readonly problems: readonly FileProblem[]
  /** What it may not do as meant; refuses nothing. */
  readonly warnings: readonly FileProblem[]
  readonly models: readonly { readonly name: string; readonly content: string }[]
  /** Its files, less those of `forms/` that are there already, word for word. */
  readonly files: FileSet
  /** What the window would offer with it. Absent when there are problems. */
  readonly offer?: Offer
  /** State of the services that it was held against. */
  readonly generation: number
}

export interface PutPackage {
  readonly service: string
  readonly version: number
}

/** Services made of files only, deployed while the window runs. */
export interface ServicePackages {
  list(): Promise<readonly DescribedService[]>
  /** The files of a service: of a stored version, or as it is now (default), with everything of `forms/` that it uses. */
  files(service: string, version?: number): Promise<readonly PackageFile[] | undefined>
  prepare(files: readonly PackageFile[]): Promise<PreparedPackage>
  /** Everything that would be there with the package: the files of `processes/` and of `forms/`, by their paths in them. */
  filesWith(prepared: PreparedPackage): Promise<{ readonly processes: FileSet; readonly forms: FileSet }>
  /**
   * Stores the package as the next version of its service and offers it, all or nothing.
   * @throws PackageFailure with all problems, when something else that was changed meanwhile does not go with it.
   */
  put(prepared: PreparedPackage, by: { readonly actor: Actor; readonly note: string }): Promise<PutPackage>
  /** Offers a stored version again, or the files on disk (`DISK`). @throws PackageFailure, WindowFailure */
  activate(service: string, version: number, actor: Actor): Promise<void>
  /** The last day the service takes declarations; null takes that back. @throws WindowFailure */
  retire(service: string, validTo: string | null): Promise<void>
  /** Offers what other nodes have put since; cheap when there is nothing. */
  refresh(): Promise<void>
}

/** A package that does not fit; `problems` are all that is wrong with it. */
export class PackageFailure extends Error {
  readonly problems: readonly FileProblem[]
  constructor(problems: readonly FileProblem[]) {
    const [first] = problems
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    super(`Expected files that make a whole service, found ${first?.file ?? ''} ${first?.place ?? ''}: ${first?.text.en ?? ''}${more}`)
    this.name = 'PackageFailure'
    this.problems = problems
  }
}
