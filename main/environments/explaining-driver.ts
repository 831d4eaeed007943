import { Failure } from '../../preload/contract/errors.ts'
import type { Driver, StreamEvent } from '../postgres/driver.ts'

/** The driver as the features use it: where a server is not reached, they get the reason that AWS knows. */
export function explainingDriver(driver: Driver, explain: (environment: string, failure: Failure) => Promise<Failure>): Driver {
  const told = async (environment: string, error: unknown): Promise<unknown> =>
    error instanceof Failure ? await explain(environment, error) : error

  async function* stream(...[target, statement, options]: Parameters<Driver['stream']>): AsyncGenerator<StreamEvent, void, void> {
    try {
      yield* driver.stream(target, statement, options)
    } catch (error) {
      throw await told(target.environment, error)
    }
  }

  return {
    ...driver,
    run: (target, ...rest) =>
      driver.run(target, ...rest).catch(async (error: unknown) => {
        throw await told(target.environment, error)
      }),
    connect: (target, ...rest) =>
      driver.connect(target, ...rest).catch(async (error: unknown) => {
        throw await told(target.environment, error)
      }),
    stream,
  }
}
