import { AwsFault } from '../api.ts'

/** What CloudWatch Logs refuses with. */
export const invalid = (message: string) => new AwsFault('InvalidParameterException', message)
export const noGroup = () => new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.')
export const noStream = () => new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.')
export const exists = (what: 'group' | 'stream') =>
  new AwsFault('ResourceAlreadyExistsException', `The specified log ${what} already exists`)
export const throttled = () => new AwsFault('ThrottlingException', 'Rate exceeded')

/** As AWS words a parameter that breaks its model. */
export const unfit = (value: string | number | null, name: string, constraint: string) =>
  invalid(
    `1 validation error detected: Value ${value === null ? 'null' : `'${value}'`} at '${name}' failed to satisfy constraint: Member must ${constraint}`,
  )
