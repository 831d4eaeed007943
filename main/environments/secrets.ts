/** Where passwords are kept. The desktop keeps them with the system's key store, browser mode for this run only. */
export interface Secrets {
  get(environment: string): Promise<string | null>
  set(environment: string, password: string): Promise<void>
  remove(environment: string): Promise<void>
  /** One sentence for the settings screen. */
  describe(): string
}

/** Keeps passwords in this process only. */
export function createMemorySecrets(): Secrets {
  const kept = new Map<string, string>()
  return {
    get: async (environment) => kept.get(environment) ?? null,
    set: async (environment, password) => void kept.set(environment, password),
    remove: async (environment) => void kept.delete(environment),
    describe: () => 'Passwords that you enter here are kept in memory until Basepair ends.',
  }
}
