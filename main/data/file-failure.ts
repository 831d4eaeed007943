import { Failure } from '../../preload/contract/errors.ts'

/** Says in words what the system said in a code. */
export function fileFailure(error: unknown, path: string, verb: 'read' | 'written' | 'made'): Failure {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new Failure('FILE', `${path} could not be ${verb}: ${reason}.`, { file: path, source: { vendor: 'file', code } })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission',
  EDQUOT: 'your quota of disk space is used up',
  EEXIST: 'a file is in its place',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk is read-only',
}

/** The system's name for an error, such as ENOENT; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
